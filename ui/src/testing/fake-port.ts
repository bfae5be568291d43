// A backend behind the port that lives in the page: enough of the engine that every screen can be
// reached, by the clocks and timers of the page, so that fake timers drive it. For tests and
// previews, never in the product.
import type { ApiError } from "$lib/generated/ApiError";
import type { Changed } from "$lib/generated/Changed";
import type { ChangeView } from "$lib/generated/ChangeView";
import type { Completion } from "$lib/generated/Completion";
import type { Notice } from "$lib/generated/Notice";
import type { PlanChoice } from "$lib/generated/PlanChoice";
import type { Preset } from "$lib/generated/Preset";
import type { ReminderList } from "$lib/generated/ReminderList";
import type { SessionView } from "$lib/generated/SessionView";
import type { SitView } from "$lib/generated/SitView";
import type { Snapshot } from "$lib/generated/Snapshot";
import type { UnfinishedView } from "$lib/generated/UnfinishedView";
import type { SyncView } from "$lib/generated/SyncView";
import type { Update } from "$lib/generated/Update";
import type { AccountArgs, AccountCommandName, AccountReply, Port } from "$lib/port";
import type { Args, CommandName, Reply } from "$lib/port";
import { FakeBackups } from "./fake-backups";
import { FakeAccount } from "./fake-account";
import { apiError } from "./fake-calls";
import { choiceFor, deskCommands, notAtLogin } from "./fake-desk";
import { FakeDoors } from "./fake-doors";
import { checkOf, found, labelsOf, pageOf } from "./fake-history";
import { presetCommands } from "./fake-presets";
import { noReminders, reminderCommands } from "./fake-reminders";
import { statisticsOf } from "./fake-statistics";
import { FakeTransfer } from "./fake-transfer";
import { idOf, liveView, secondsIn, settings, sitAt, totalsOf } from "./rows";

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

export class FakePort extends FakeDoors implements Port {
  settings = settings();
  sits: SessionView[] = [];
  presets: Preset[] = [];
  reminders: ReminderList = noReminders();
  atLogin = notAtLogin();
  unfinished: UnfinishedView[] = [];
  notices: Notice[] = [];
  problems: ApiError[] = [];
  elsewhere: string | null = null;
  readonly transfer = new FakeTransfer();
  live: Live | null = null;
  /** What `changes` answers of a sit, newest first. */
  changed = new Map<string, ChangeView[]>();

  #heard = new Set<(update: Update) => void>();
  #quitAsked = new Set<() => void>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #made = 1000;
  #replaced = new Map<string, string>();
  #togethered = new Set<() => void>();
  #synced = new Set<(view: SyncView) => void>();

  readonly server = new FakeAccount((view) => {
    const told = structuredClone(view);
    queueMicrotask(() => {
      for (const heard of this.#synced) heard(told);
    });
  });

  readonly backups = new FakeBackups(
    () => this.sits,
    (sits) => {
      this.sits = sits;
      this.tell({ kind: "backup", value: null });
      this.tell({ kind: "history" });
    },
  );
  async pickBackupFile(): Promise<string | null> {
    this.calls.push({ name: "pickBackupFile", args: {} });
    return this.backups.chosen;
  }

  #note(session_id: string, change: (sit: SessionView) => Changed): void {
    const sit = this.sits.find((one) => one.session_id === session_id);
    if (sit === undefined) throw apiError("unknown_session", session_id);
    const noted: ChangeView = {
      at_ms: Date.now(),
      device_id: idOf(0),
      is_here: true,
      change: change(sit),
    };
    this.changed.set(session_id, [noted, ...(this.changed.get(session_id) ?? [])]);
  }

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
  onTogether(heard: () => void): Promise<() => void> {
    this.#togethered.add(heard);
    return Promise.resolve(() => void this.#togethered.delete(heard));
  }
  /** Something of the partners is told to be another. */
  tellTogether(): void {
    for (const heard of this.#togethered) heard();
  }
  onQuitAsked(asked: () => void): Promise<() => void> {
    this.#quitAsked.add(asked);
    return Promise.resolve(() => void this.#quitAsked.delete(asked));
  }
  async askToQuit(): Promise<void> {
    this.calls.push({ name: "askToQuit", args: {} });
    this.askQuit();
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

  #begin(choice: PlanChoice, as: Partial<SitView> = {}): SitView {
    if (this.live !== null && this.live.view.phase !== "ended") throw apiError("sit_running");
    this.#made += 1;
    const started_at_ms = Date.now() + choice.preparation_s * 1000;
    const view = { ...liveView(idOf(this.#made), choice, started_at_ms), ...as };
    this.live = { choice, at_ms: performance.now(), started_at_ms, view };
    this.sits.unshift({
      ...sitAt(this.#made, started_at_ms, 0, { label: choice.label }),
      state: "running",
      planned_s: choice.planned_s,
      completion: null,
      interval_bells: view.interval_at_s.length,
      sharing: { shared: !view.is_private, note_shared: false },
      together_id: view.together_id,
    });
    return choice.preparation_s === 0 ? this.#sit() : this.#become({});
  }

  readonly #commands: Handlers = {
    snapshot: (): Snapshot => ({
      sit: this.live === null ? null : this.#now(),
      elsewhere: this.elsewhere,
      unfinished: this.unfinished,
      settings: this.settings,
      presets: this.presets,
      notices: this.notices,
      version: "0.1.0",
    }),
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
    history: ({ before, limit }) => pageOf(this.sits, before, limit),
    find_sits: ({ filter, before, limit }) => pageOf(found(this.sits, filter), before, limit),
    labels: () => ({ labels: labelsOf(this.sits) }),
    check_sit: ({ start, length, replaces }) => checkOf(this.sits, start, length, replaces),
    add_sit: ({ start, length, words, is_private }) => {
      const check = checkOf(this.sits, start, length, null);
      const sit: SessionView = {
        ...sitAt((this.#made += 1), check.started_at_ms, check.credited_s, words),
        source: "manual",
        planned_s: null,
        sharing: { shared: !is_private, note_shared: false },
      };
      this.sits.push(sit);
      this.tell({ kind: "history" });
      return sit;
    },
    correct_credited: ({ session_id, credited_s }) => {
      this.#note(session_id, (was) => ({
        kind: "credited",
        now: credited_s,
        before: was.credited_s,
      }));
      return this.#patch(session_id, { credited_s });
    },
    correct_start: ({ session_id, start }) => {
      const was = this.#patch(session_id, { deleted: true });
      const { started_at_ms } = checkOf([], start, `${was.credited_s}s`, null);
      const { words } = was;
      const sit = { ...was, ...sitAt((this.#made += 1), started_at_ms, was.credited_s, words) };
      this.sits.push(sit);
      this.#replaced.set(sit.session_id, session_id);
      const dateOf = (of: SessionView) => ({
        started_at_ms: of.started_at_ms,
        utc_offset_s: of.utc_offset_s,
        local_date: of.local_date,
      });
      this.#note(sit.session_id, (now) => ({
        kind: "date",
        now: dateOf(now),
        before: dateOf(was),
      }));
      return { sit, was };
    },
    undo_correct_start: ({ session_id }) => {
      const old = this.#replaced.get(session_id);
      if (old === undefined) throw apiError("wrong_state", session_id);
      const was = this.#patch(session_id, { deleted: true });
      return { sit: this.#patch(old, { deleted: false }), was };
    },
    changes: ({ session_id }) => ({ changes: this.changed.get(session_id) ?? [] }),
    totals: () => totalsOf(this.sits, Date.now()),
    statistics: ({ scope }) => statisticsOf(this.sits, this.settings, scope, Date.now()),
    save_settings: (changed) => {
      this.settings = changed;
      this.tell({ kind: "settings", value: changed });
      return changed;
    },
    ...presetCommands(this),
    ...reminderCommands(this),
    ...deskCommands(this),
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
    ...this.transfer.commands,
    ...this.backups.commands,
  };
}
