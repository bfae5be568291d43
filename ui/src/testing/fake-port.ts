// A backend behind the port that lives in the page: enough of the engine that every screen can be
// reached, by the clocks and timers of the page, so that fake timers drive it. For tests and
// previews, never in the product.
import type { ApiError } from "$lib/generated/ApiError";
import type { Completion } from "$lib/generated/Completion";
import type { Notice } from "$lib/generated/Notice";
import type { PlanChoice } from "$lib/generated/PlanChoice";
import type { SessionView } from "$lib/generated/SessionView";
import type { SitView } from "$lib/generated/SitView";
import type { Snapshot } from "$lib/generated/Snapshot";
import type { SoundChosen } from "$lib/generated/SoundChosen";
import type { UnfinishedView } from "$lib/generated/UnfinishedView";
import type { SyncView } from "$lib/generated/SyncView";
import type { Update } from "$lib/generated/Update";
import type { AccountArgs, AccountCommandName, AccountReply, Port } from "$lib/port";
import type { Args, CommandName, Reply } from "$lib/port";
import { FakeAccount } from "./fake-account";
import { apiError, FakeCalls } from "./fake-calls";
import { dateOf, idOf, OFFSET_S, secondsIn, settings, sitAt, totalsOf } from "./rows";

export { apiError };

const UNDO_MS = 30_000;

type Handlers = { [K in CommandName]: (args: Args<K>) => Reply<K> };

interface Live {
  view: SitView;
  choice: PlanChoice;
  /** When `view` was true. */
  at_ms: number;
  started_at_ms: number;
}

export class FakePort extends FakeCalls implements Port {
  settings = settings();
  sits: SessionView[] = [];
  unfinished: UnfinishedView[] = [];
  notices: Notice[] = [];
  problems: ApiError[] = [];
  elsewhere: string | null = null;
  sound: SoundChosen = { sound: { kind: "file", file: "rain.ogg", name: "rain.ogg" } };
  /** What the save dialog answers; the suggested name is put behind a folder. */
  savesTo: string | null = "/home/anna/";
  live: Live | null = null;

  #heard = new Set<(update: Update) => void>();
  #quitAsked = new Set<() => void>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #made = 1000;
  #synced = new Set<(view: SyncView) => void>();

  readonly server = new FakeAccount((view) => {
    const told = structuredClone(view);
    queueMicrotask(() => {
      for (const heard of this.#synced) heard(told);
    });
  });

  tell(update: Update): void {
    const told = structuredClone(update);
    queueMicrotask(() => {
      for (const heard of this.#heard) heard(told);
    });
  }
  askQuit(): void {
    for (const asked of this.#quitAsked) asked();
  }

  onUpdate(heard: (update: Update) => void): Promise<() => void> {
    this.#heard.add(heard);
    return Promise.resolve(() => void this.#heard.delete(heard));
  }
  onSync(heard: (view: SyncView) => void): Promise<() => void> {
    this.#synced.add(heard);
    return Promise.resolve(() => void this.#synced.delete(heard));
  }
  onQuitAsked(asked: () => void): Promise<() => void> {
    this.#quitAsked.add(asked);
    return Promise.resolve(() => void this.#quitAsked.delete(asked));
  }
  async askToQuit(): Promise<void> {
    this.calls.push({ name: "askToQuit", args: {} });
    this.askQuit();
  }
  async quit(): Promise<void> {
    this.calls.push({ name: "quit", args: {} });
  }
  async toggleFullscreen(): Promise<void> {
    this.calls.push({ name: "toggleFullscreen", args: {} });
  }
  async pickSoundFile(): Promise<SoundChosen> {
    this.calls.push({ name: "pickSoundFile", args: {} });
    return this.sound;
  }

  async pickSavePath(suggested: string): Promise<string | null> {
    this.calls.push({ name: "pickSavePath", args: { suggested } });
    return this.savesTo === null ? null : this.savesTo + suggested;
  }

  async call<K extends CommandName>(name: K, args: Args<K>): Promise<Reply<K>> {
    return this.answer(name, args, this.#commands[name]);
  }

  async account<K extends AccountCommandName>(
    name: K,
    args: AccountArgs<K>,
  ): Promise<AccountReply<K>> {
    return this.answer(name, args, this.server.commands[name]);
  }

  /** The live sit as of now. */
  #now(): SitView {
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

  #become(patch: Partial<SitView>): SitView {
    if (this.live === null) throw apiError("no_sit");
    this.live.view = { ...this.#now(), ...patch };
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
    return this.#become({
      phase: "sitting",
      ticking: true,
      preparation_left_ms: 0,
      undo_left_ms: 0,
      completion: null,
      ends_at_ms: this.#endsAt(),
    });
  }

  #endsAt(): number | null {
    const view = this.#now();
    return view.planned_s === null ? null : Date.now() + view.planned_s * 1000 - view.elapsed_ms;
  }

  #reachEnd(): void {
    const live = this.#require();
    const elapsed_ms = (live.view.planned_s ?? 0) * 1000;
    if (live.choice.at_end === "count_overtime") this.#become({ phase: "overtime", elapsed_ms });
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
    const completion = this.#completion(elapsed_ms ?? this.#now().elapsed_ms);
    this.#row({
      state: "completed",
      credited_s: completion.credited_s,
      completion,
      deleted: discarded,
    });
    const view = this.#become({
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
    return this.#patch(session_id, patch);
  }

  #patch(session_id: string, patch: Partial<SessionView>): SessionView {
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

  readonly #commands: Handlers = {
    snapshot: (): Snapshot => ({
      sit: this.live === null ? null : this.#now(),
      elsewhere: this.elsewhere,
      unfinished: this.unfinished,
      settings: this.settings,
      notices: this.notices,
      version: "0.1.0",
    }),
    begin: (choice) => {
      if (this.live !== null && this.live.view.phase !== "ended") throw apiError("sit_running");
      this.#made += 1;
      const session_id = idOf(this.#made);
      const started_at_ms = Date.now() + choice.preparation_s * 1000;
      const { intervals, planned_s } = choice;
      const interval_at_s: number[] = intervals.kind === "at" ? intervals.at_s : [];
      if (intervals.kind === "every") {
        for (let s = intervals.every_s; s < (planned_s ?? 3600); s += intervals.every_s) {
          interval_at_s.push(s);
        }
      }
      this.live = {
        choice,
        at_ms: performance.now(),
        started_at_ms,
        view: {
          session_id,
          phase: "preparing",
          ticking: true,
          planned_s,
          preparation_left_ms: choice.preparation_s * 1000,
          elapsed_ms: 0,
          asleep_ms: 0,
          undo_left_ms: 0,
          ends_at_ms: planned_s === null ? null : started_at_ms + planned_s * 1000,
          interval_at_s,
          label: choice.label,
          question: null,
          completion: null,
          discarded: false,
          recording: "recorded",
        },
      };
      this.sits.unshift({
        session_id,
        source: "timer",
        state: "running",
        started_at_ms,
        utc_offset_s: OFFSET_S,
        local_date: dateOf(started_at_ms),
        planned_s,
        credited_s: 0,
        completion: null,
        interval_bells: interval_at_s.length,
        words: { note: null, mood: null, label: choice.label },
        sharing: { shared: true, note_shared: false },
        deleted: false,
      });
      if (choice.preparation_s === 0) return this.#sit();
      return this.#become({});
    },
    begin_now: () => (this.#in("preparing"), this.#sit()),
    pause: () => (
      this.#in("sitting"),
      this.#become({ phase: "paused", ticking: false, ends_at_ms: null })
    ),
    resume: () => (this.#in("paused"), this.#sit()),
    end: () => {
      this.#in("preparing", "sitting", "paused", "overtime");
      const { phase } = this.#require().view;
      if (phase === "preparing") return this.#complete(0, true);
      if (phase === "overtime") {
        return this.#become({
          phase: "asking",
          ticking: false,
          question: "keep_overtime",
          completion: this.#completion(this.#now().elapsed_ms),
        });
      }
      return this.#become({
        phase: "ending",
        ticking: false,
        undo_left_ms: UNDO_MS,
        ends_at_ms: null,
        completion: this.#completion(this.#now().elapsed_ms),
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
    recover: ({ session_id, choice }) => {
      const one = this.unfinished.find((sit) => sit.session_id === session_id);
      if (one === undefined) throw apiError("unknown_session", session_id);
      this.unfinished = this.unfinished.filter((sit) => sit !== one);
      const completion =
        (choice === "keep_as_planned" ? one.question.as_planned : null) ??
        one.question.until_last_seen;
      const sit: SessionView = {
        ...sitAt(0, one.started_at_ms, completion.credited_s),
        session_id,
        planned_s: one.planned_s,
        completion,
        deleted: choice === "discard",
      };
      this.sits.push(sit);
      this.tell({ kind: "unfinished" });
      return sit;
    },
    retry_recording: () => {
      this.notices = this.notices.filter((notice) => notice.topic !== "recording");
      this.tell({ kind: "notices", value: this.notices });
      if (this.live !== null) this.#become({ recording: "recorded" });
      return {};
    },
    describe: ({ session_id, words }) => {
      if ((words.note ?? "").length > 10_000) throw apiError("note_too_long", session_id);
      const sit = this.#patch(session_id, { words });
      this.tell({ kind: "history" });
      return sit;
    },
    share_session: ({ session_id, sharing }) => this.#patch(session_id, { sharing }),
    delete_session: ({ session_id }) => this.#patch(session_id, { deleted: true }),
    restore_session: ({ session_id }) => this.#patch(session_id, { deleted: false }),
    session: ({ session_id }) => this.#patch(session_id, {}),
    history: ({ before, limit }) => {
      const rows = this.sits
        .filter((sit) => !sit.deleted && sit.state === "completed")
        .toSorted(
          (a, b) => b.started_at_ms - a.started_at_ms || (a.session_id < b.session_id ? 1 : -1),
        )
        .filter(
          (sit) =>
            before === null ||
            sit.started_at_ms < before.started_at_ms ||
            (sit.started_at_ms === before.started_at_ms && sit.session_id < before.session_id),
        );
      const sits = rows.slice(0, limit);
      const last = sits.at(-1);
      const next = rows.length > limit && last !== undefined ? last : null;
      return {
        sits,
        next:
          next === null ? null : { started_at_ms: next.started_at_ms, session_id: next.session_id },
      };
    },
    totals: () => totalsOf(this.sits, Date.now()),
    save_settings: (changed) => {
      this.settings = changed;
      this.tell({ kind: "settings", value: changed });
      return changed;
    },
    parse_length: ({ text }) => {
      const planned_s = secondsIn(text);
      if (planned_s === null) throw apiError("invalid_length");
      if (planned_s < 1 || planned_s > 86_400) throw apiError("length_out_of_range");
      return { planned_s };
    },
    import_sound: () => this.sound,
    preview: () => ({}),
    stop_preview: () => ({}),
    check_plan: () => ({ problems: this.problems }),
  };
}
