// What the engine has of the desktop around it, and the seat of a sitting together, for tests and
// previews.
import type { PlanChoice } from "$lib/generated/PlanChoice";
import type { StartAtLogin } from "$lib/generated/StartAtLogin";
import type { Args } from "$lib/port";

export const notAtLogin = (): StartAtLogin => ({
  is_on: false,
  path: "/home/ada/.config/autostart/org.mitta.Mitta.desktop",
  other_program: null,
});

export function deskCommands(keeper: { atLogin: StartAtLogin }) {
  return {
    start_at_login: (): StartAtLogin => keeper.atLogin,
    set_start_at_login: ({ on }: Args<"set_start_at_login">): StartAtLogin =>
      (keeper.atLogin = { ...keeper.atLogin, is_on: on, other_program: null }),
  };
}

/** The plan of a seat; whoever comes late has the time that is left. */
export function choiceFor(
  { bells, planned_s }: Args<"begin_together">,
  usual: PlanChoice,
  left_ms: number,
): PlanChoice {
  return {
    ...usual,
    planned_s: planned_s + Math.floor(Math.min(0, left_ms) / 1000),
    preparation_s: Math.max(0, left_ms) / 1000,
    intervals:
      bells.interval_every_s === null
        ? { kind: "none" }
        : { kind: "every", every_s: bells.interval_every_s },
    at_end: "stop",
  };
}
