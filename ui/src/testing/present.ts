// Backends in the states that a picture of each screen needs.
import type { SitView } from "$lib/generated/SitView";
import { apiError, FakePort } from "./fake-port";
import { somePresets } from "./fake-presets";
import { someReminders } from "./fake-reminders";
import { presentSync } from "./present-sync";
import { DAY_MS, idOf, OFFSET_S, sitAt } from "./rows";

const NOTES = ["a long breath out, rain", null, null, "restless at first, then wide", null];
const LABELS = ["Evening", "Zazen", null, "Evening", null];

/** Half a year of sits, the same at every run. */
function history(port: FakePort, now_ms: number): void {
  let seed = 7;
  const draw = () => (seed = (seed * 16807) % 2147483647) / 2147483647;
  for (let back = 0; back < 180; back += 1) {
    if (draw() < 0.28) continue;
    const morning_ms = Math.floor(now_ms / DAY_MS) * DAY_MS - back * DAY_MS - OFFSET_S * 1000;
    const sits = draw() < 0.3 ? 2 : 1;
    for (let nth = 0; nth < sits; nth += 1) {
      const n = back * 2 + nth;
      const started_at_ms = morning_ms + (nth === 0 ? 6.75 : 21.33) * 3_600_000 + draw() * 1.2e6;
      if (started_at_ms > now_ms) continue;
      const sit = sitAt(n, started_at_ms, [1200, 1800, 1500, 2700, 750][n % 5] ?? 1200, {
        note: NOTES[n % 5] ?? null,
        label: LABELS[n % 5] ?? null,
      });
      if (n % 7 === 1) sit.interval_bells = 3;
      port.sits.push(sit);
    }
  }
}

const PHASES: Record<string, Partial<SitView>> = {
  preparing: { phase: "preparing", preparation_left_ms: 7200 },
  sitting: { phase: "sitting", elapsed_ms: 754_000 },
  open: { phase: "sitting", elapsed_ms: 1_330_000, planned_s: null, ends_at_ms: null },
  long: { phase: "sitting", elapsed_ms: 1_330_000, planned_s: 5400 },
  paused: { phase: "paused", ticking: false, elapsed_ms: 754_000 },
  overtime: { phase: "overtime", elapsed_ms: 1_335_000 },
  ending: { phase: "ending", elapsed_ms: 754_000, undo_left_ms: 28_000, ticking: false },
  asking: {
    phase: "asking",
    ticking: false,
    elapsed_ms: 1_335_000,
    question: "keep_overtime",
  },
  slept: {
    phase: "asking",
    ticking: false,
    elapsed_ms: 1_200_000,
    asleep_ms: 560_000,
    question: "slept",
  },
  after: { phase: "ended", ticking: false, elapsed_ms: 1_200_000 },
  failing: { phase: "ended", ticking: false, elapsed_ms: 1_200_000, recording: "failing" },
  discarded: { phase: "ended", ticking: false, elapsed_ms: 754_000, discarded: true },
};

export async function present(
  screen: string,
  theme: string | null,
  sync: string | null = null,
): Promise<FakePort> {
  const port = new FakePort();
  presentSync(port, sync);
  const now_ms = Date.now();
  if (theme === "light" || theme === "dark") port.settings.theme = theme;
  if (screen !== "empty") {
    history(port, now_ms);
    port.backups.seed(now_ms);
  }
  if (screen === "ring") port.settings.dial = "ring";
  if (screen === "nothing") port.settings.dial = "nothing";
  const phase = PHASES[screen === "ring" || screen === "nothing" ? "sitting" : screen];
  if (phase !== undefined) {
    port.settings.ask_mood = true;
    port.settings.choice.intervals = { kind: "every", every_s: 300 };
    await port.call("begin", port.settings.choice);
    if (port.live !== null) {
      const planned_s = phase.planned_s === undefined ? 1200 : phase.planned_s;
      const elapsed_ms = phase.elapsed_ms ?? 0;
      const credited_s = Math.floor(elapsed_ms / 1000);
      const completion = {
        ended_at_ms: now_ms,
        credited_s,
        paused_s: 0,
        asleep_s: 0,
        overtime_s: 0,
      };
      const over = ["ending", "asking", "ended"].includes(phase.phase ?? "");
      port.live.view = {
        ...port.live.view,
        ends_at_ms: planned_s === null ? null : now_ms + planned_s * 1000 - elapsed_ms,
        completion: over ? completion : null,
        ...phase,
      };
      port.live.at_ms = performance.now();
      const row = port.sits.find((sit) => sit.session_id === port.live?.view.session_id);
      if (row !== undefined && over) {
        Object.assign(row, {
          state: "completed",
          started_at_ms: now_ms - elapsed_ms,
          credited_s,
          completion,
        });
      }
    }
  }
  if (screen === "presets") {
    port.presets = somePresets();
    port.reminders = someReminders();
  }
  if (screen === "failing") {
    port.notices = [{ topic: "recording", error: apiError("disk_full") }];
  }
  if (screen === "unfinished") {
    const begun_ms = now_ms - 3 * 3_600_000;
    const until = { ended_at_ms: begun_ms, paused_s: 0, asleep_s: 0, overtime_s: 0 };
    port.unfinished = [1, 2].map((n) => ({
      session_id: idOf(9000 + n),
      started_at_ms: begun_ms,
      utc_offset_s: OFFSET_S,
      planned_s: 1800,
      last_seen_ms: begun_ms + 11 * 60_000,
      question: {
        as_planned: { ...until, credited_s: 1800 },
        until_last_seen: { ...until, credited_s: 660 },
      },
    }));
    port.elsewhere = idOf(1);
    port.problems = [apiError("no_sound_device")];
  }
  if (screen === "quit") {
    setTimeout(() => port.askQuit(), 200);
  }
  return port;
}
