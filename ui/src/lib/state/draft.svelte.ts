// A sitting together as it is being put together, kept while the person looks elsewhere.
import type { PlanChoice } from "$lib/generated/PlanChoice";
import type { TogetherBells } from "$lib/generated/TogetherBells";
import { dateHere, dateTyped } from "$lib/dates";

export const MINUTES = [5, 10, 15, 20, 30, 45, 60];

export class ProposalDraft {
  minutes = $state.raw(20);
  bells = $state.raw<TogetherBells>({ start_strikes: 3, end_strikes: 1, interval_every_s: null });
  when = $state.raw<"now" | "later">("now");
  date = $state(dateTyped(dateHere(Date.now())));
  time = $state("");

  /** @param usual what the person's own sits begin with */
  constructor(usual: PlanChoice | undefined) {
    if (usual === undefined) return;
    this.minutes = MINUTES.find((n) => n * 60 === usual.planned_s) ?? this.minutes;
    const [start_strikes, end_strikes] = [usual.start_bell.strikes, usual.end_bell.strikes];
    this.bells = { ...this.bells, start_strikes, end_strikes };
  }

  /** Other minutes; interval bells that no longer fit are left out. */
  last(minutes: number): void {
    this.minutes = minutes;
    if ((this.bells.interval_every_s ?? 0) >= minutes * 60) this.ring({ interval_every_s: null });
  }

  ring(bells: Partial<TogetherBells>): void {
    this.bells = { ...this.bells, ...bells };
  }
}
