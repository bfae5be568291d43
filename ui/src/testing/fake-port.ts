// A backend behind the port that lives in the page: enough of the engine that every screen can be
// reached, by the clocks and timers of the page, so that fake timers drive it. For tests and
// previews, never in the product.
import type { Goal } from "$lib/generated/Goal";
import type { ApiError } from "$lib/generated/ApiError";
import type { Changed } from "$lib/generated/Changed";
import type { ChangeView } from "$lib/generated/ChangeView";
import type { Notice } from "$lib/generated/Notice";
import type { Preset } from "$lib/generated/Preset";
import type { ReminderList } from "$lib/generated/ReminderList";
import type { SessionView } from "$lib/generated/SessionView";
import type { Snapshot } from "$lib/generated/Snapshot";
import type { UnfinishedView } from "$lib/generated/UnfinishedView";
import type { SyncView } from "$lib/generated/SyncView";
import type { Update } from "$lib/generated/Update";
import type { AccountArgs, AccountCommandName, AccountReply, Port } from "$lib/port";
import type { Args, CommandName, Reply } from "$lib/port";
import { FakeBackups } from "./fake-backups";
import { FakeAccount } from "./fake-account";
import { apiError, type Handlers } from "./fake-calls";
import { deskCommands, notAtLogin } from "./fake-desk";
import { checkOf, found, labelsOf, pageOf } from "./fake-history";
import { presetCommands } from "./fake-presets";
import { noReminders, reminderCommands } from "./fake-reminders";
import { FakeSit } from "./fake-sit";
import { statisticsOf } from "./fake-statistics";
import { FakeTransfer } from "./fake-transfer";
import { idOf, secondsIn, sitAt, totalsOf } from "./rows";

export { apiError };

export class FakePort extends FakeSit implements Port {
  presets: Preset[] = [];
  reminders: ReminderList = noReminders();
  atLogin = notAtLogin();
  unfinished: UnfinishedView[] = [];
  notices: Notice[] = [];
  problems: ApiError[] = [];
  elsewhere: string | null = null;
  /** Instead of the own goal: that of a partnership. */
  goal: Goal | null = null;
  readonly transfer = new FakeTransfer();
  /** What `changes` answers of a sit, newest first. */
  changed = new Map<string, ChangeView[]>();

  #heard = new Set<(update: Update) => void>();
  #quitAsked = new Set<() => void>();
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

  /** All rows of a sit whose date was corrected. */
  #rowsOf(session_id: string): string[] {
    const rows = [session_id];
    for (const id of rows) {
      const next = [...this.#replaced].flatMap(([now, was]) =>
        now === id ? [was] : was === id ? [now] : [],
      );
      rows.push(...next.filter((one) => !rows.includes(one)));
    }
    return rows;
  }

  readonly #commands: Handlers = {
    snapshot: (): Snapshot => ({
      sit: this.live === null ? null : this.now(),
      elsewhere: this.elsewhere,
      unfinished: this.unfinished,
      settings: this.settings,
      presets: this.presets,
      notices: this.notices,
      version: "0.1.0",
    }),
    ...this.sitCommands,
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
      if (this.live !== null) this.become({ recording: "recorded" });
      return {};
    },
    describe: ({ session_id, words }) => {
      if ((words.note ?? "").length > 10_000) throw apiError("note_too_long", session_id);
      if (this.patch(session_id, {}).deleted) throw apiError("sit_deleted", session_id);
      const sit = this.patch(session_id, { words });
      this.tell({ kind: "history" });
      return sit;
    },
    share_session: ({ session_id, sharing }) => this.patch(session_id, { sharing }),
    delete_session: ({ session_id }) => this.patch(session_id, { deleted: true }),
    restore_session: ({ session_id }) => this.patch(session_id, { deleted: false }),
    session: ({ session_id }) => this.patch(session_id, {}),
    counting: ({ session_id }) => {
      const rows = this.#rowsOf(session_id).map((id) => this.patch(id, {}));
      return rows.find((sit) => !sit.deleted) ?? this.patch(session_id, {});
    },
    history: ({ before, limit }) => pageOf(this.sits, before, limit),
    find_sits: ({ filter, before, limit }) => pageOf(found(this.sits, filter), before, limit),
    labels: () => ({ labels: labelsOf(this.sits) }),
    check_sit: ({ start, length, replaces }) => checkOf(this.sits, start, length, replaces),
    add_sit: ({ start, length, words, is_private }) => {
      const check = checkOf(this.sits, start, length, null);
      const sit: SessionView = {
        ...sitAt((this.made += 1), check.started_at_ms, check.credited_s, words),
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
      return this.patch(session_id, { credited_s });
    },
    correct_start: ({ session_id, start }) => {
      const was = this.patch(session_id, { deleted: true });
      const { started_at_ms } = checkOf([], start, `${was.credited_s}s`, null);
      const { words } = was;
      const sit = { ...was, ...sitAt((this.made += 1), started_at_ms, was.credited_s, words) };
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
      const was = this.patch(session_id, { deleted: true });
      return { sit: this.patch(old, { deleted: false }), was };
    },
    changes: ({ session_id }) => ({ changes: this.changed.get(session_id) ?? [] }),
    totals: () => totalsOf(this.sits, Date.now()),
    statistics: ({ scope }) => ({
      ...statisticsOf(this.sits, this.settings, scope, Date.now()),
      ...(this.goal === null ? {} : { goal: this.goal }),
    }),
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
