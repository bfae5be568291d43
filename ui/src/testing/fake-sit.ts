// The sit that is running in the backend of the tests: its phases, by the clocks and timers of the page,
// and its row.
import type { Completion } from "$lib/generated/Completion";
import type { PlanChoice } from "$lib/generated/PlanChoice";
import type { SessionView } from "$lib/generated/SessionView";
import type { SitView } from "$lib/generated/SitView";
import type { Update } from "$lib/generated/Update";
import { apiError, type Handlers } from "./fake-calls";
import { choiceFor } from "./fake-desk";
import { FakeDoors } from "./fake-doors";
import { idOf, liveView, settings, sitAt } from "./rows";

const UNDO_MS = 30_000;

interface Live {
  view: SitView;
  choice: PlanChoice;
  /** When `view` was true. */
  at_ms: number;
  started_at_ms: number;
}

type SitCommand =
  | "begin"
  | "begin_private"
  | "begin_together"
  | "begin_now"
  | "pause"
  | "resume"
  | "end"
  | "undo_end"
  | "finish"
  | "discard"
  | "choose"
  | "dismiss";

export abstract class FakeSit extends FakeDoors {
  settings = settings();
  sits: SessionView[] = [];
  live: Live | null = null;

  /** The number of the last sit that was made. */
  protected made = 1000;
  #timer: ReturnType<typeof setTimeout> | undefined;

  abstract tell(update: Update): void;

  /** The live sit as of now. */
  protected now(): SitView {
    if (this.live === null) throw apiError("no_sit");
    const { view, at_ms } = this.live;
    const since_ms = performance.now() - at_ms;
    const runs = view.ticking && (view.phase === "sitting" || view.phase === "overtime");
    return {
      ...view,
      elapsed_ms: Math.round(view.elapsed_ms + (runs ? since_ms : 0)),
      preparation_left_ms: Math.max(0, Math.round(view.preparation_left_ms - since_ms)),
      undo_left_ms: Math.max(0, Math.round(view.undo_left_ms - since_ms)),
    };
  }

  protected become(patch: Partial<SitView>): SitView {
    if (this.live === null) throw apiError("no_sit");
    this.live.view = { ...this.now(), ...patch };
    this.live.at_ms = performance.now();
    this.#arm();
    this.tell({ kind: "sit", value: this.live.view });
    return this.live.view;
  }

  #arm(): void {
    clearTimeout(this.#timer);
    if (this.live === null) return;
    const { view } = this.live;
    const later = (ms: number, then: () => void) => (this.#timer = setTimeout(then, ms));
    if (view.phase === "preparing") later(view.preparation_left_ms, () => this.#sit());
    if (view.phase === "ending") later(view.undo_left_ms, () => this.#complete());
    if (view.phase === "sitting" && view.planned_s !== null) {
      later(view.planned_s * 1000 - view.elapsed_ms, () => this.#reachEnd());
    }
  }

  #sit(): SitView {
    const live = this.#require();
    live.started_at_ms = Date.now() - live.view.elapsed_ms;
    return this.become({
      phase: "sitting",
      ticking: true,
      preparation_left_ms: 0,
      undo_left_ms: 0,
      completion: null,
      ends_at_ms: this.#endsAt(),
    });
  }

  #endsAt(): number | null {
    const view = this.now();
    return view.planned_s === null ? null : Date.now() + view.planned_s * 1000 - view.elapsed_ms;
  }

  #reachEnd(): void {
    const live = this.#require();
    const elapsed_ms = (live.view.planned_s ?? 0) * 1000;
    if (live.choice.at_end === "count_overtime") this.become({ phase: "overtime", elapsed_ms });
    else this.#complete((live.view.planned_s ?? 0) * 1000);
  }

  #completion(elapsed_ms: number): Completion {
    return {
      ended_at_ms: Date.now(),
      credited_s: Math.floor(elapsed_ms / 1000),
      paused_s: 0,
      asleep_s: 0,
      overtime_s: 0,
    };
  }

  #complete(elapsed_ms?: number, discarded = false): SitView {
    const live = this.#require();
    const completion = this.#completion(elapsed_ms ?? this.now().elapsed_ms);
    this.#row({
      state: "completed",
      credited_s: completion.credited_s,
      completion,
      deleted: discarded,
    });
    const view = this.become({
      phase: "ended",
      ticking: false,
      undo_left_ms: 0,
      question: null,
      completion,
      discarded,
    });
    live.view = view;
    this.tell({ kind: "history" });
    return view;
  }

  #row(patch: Partial<SessionView>): SessionView {
    const { session_id } = this.#require().view;
    return this.patch(session_id, patch);
  }

  protected patch(session_id: string, patch: Partial<SessionView>): SessionView {
    const at = this.sits.findIndex((sit) => sit.session_id === session_id);
    const sit = this.sits[at];
    if (sit === undefined) throw apiError("unknown_session", session_id);
    return (this.sits[at] = { ...sit, ...patch });
  }

  #require(): Live {
    if (this.live === null) throw apiError("no_sit");
    return this.live;
  }

  #in(...phases: SitView["phase"][]): void {
    if (!phases.includes(this.#require().view.phase)) throw apiError("wrong_state");
  }

  #begin(choice: PlanChoice, as: Partial<SitView> = {}): SitView {
    if (this.live !== null && this.live.view.phase !== "ended") throw apiError("sit_running");
    this.made += 1;
    const started_at_ms = Date.now() + choice.preparation_s * 1000;
    const view = { ...liveView(idOf(this.made), choice, started_at_ms), ...as };
    this.live = { choice, at_ms: performance.now(), started_at_ms, view };
    this.sits.unshift({
      ...sitAt(this.made, started_at_ms, 0, { label: choice.label }),
      state: "running",
      planned_s: choice.planned_s,
      completion: null,
      interval_bells: view.interval_at_s.length,
      sharing: { shared: !view.is_private, note_shared: false },
      together_id: view.together_id,
    });
    return choice.preparation_s === 0 ? this.#sit() : this.become({});
  }

  protected readonly sitCommands: Pick<Handlers, SitCommand> = {
    begin: (choice) => this.#begin(choice),
    begin_private: (choice) => this.#begin(choice, { is_private: true }),
    begin_together: (seat) => {
      if (this.sits.some((sit) => sit.together_id === seat.together_id && !sit.deleted)) {
        throw apiError("together_taken");
      }
      const left_ms = Math.round(seat.starts_at_boot_ms - performance.now());
      const choice = choiceFor(seat, this.settings.choice, left_ms);
      return this.#begin(choice, { together_id: seat.together_id });
    },
    begin_now: () => (this.#in("preparing"), this.#sit()),
    pause: () => (
      this.#in("sitting"),
      this.become({ phase: "paused", ticking: false, ends_at_ms: null })
    ),
    resume: () => (this.#in("paused"), this.#sit()),
    end: () => {
      this.#in("preparing", "sitting", "paused", "overtime");
      const { phase } = this.#require().view;
      if (phase === "preparing") return this.#complete(0, true);
      if (phase === "overtime") {
        return this.become({
          phase: "asking",
          ticking: false,
          question: "keep_overtime",
          completion: this.#completion(this.now().elapsed_ms),
        });
      }
      return this.become({
        phase: "ending",
        ticking: false,
        undo_left_ms: UNDO_MS,
        ends_at_ms: null,
        completion: this.#completion(this.now().elapsed_ms),
      });
    },
    undo_end: () => (this.#in("ending"), this.#sit()),
    finish: () => (this.#in("ending"), this.#complete()),
    discard: () => this.#complete(undefined, true),
    choose: ({ choice }) => {
      this.#in("asking");
      const { planned_s } = this.#require().view;
      const elapsed_ms = choice === "trim" ? (planned_s ?? 0) * 1000 : undefined;
      return this.#complete(elapsed_ms, choice === "discard");
    },
    dismiss: () => {
      this.#in("ended");
      this.live = null;
      this.tell({ kind: "sit", value: null });
      return {};
    },
  };
}
