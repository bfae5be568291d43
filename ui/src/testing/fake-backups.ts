// Copies of the fake history, kept in the page.
import type { BackupAccount } from "$lib/generated/BackupAccount";
import type { BackupFile } from "$lib/generated/BackupFile";
import type { BackupKind } from "$lib/generated/BackupKind";
import type { Check } from "$lib/generated/Check";
import type { CheckName } from "$lib/generated/CheckName";
import type { Examination } from "$lib/generated/Examination";
import type { Found } from "$lib/generated/Found";
import type { BackupView } from "$lib/generated/BackupView";
import type { SessionView } from "$lib/generated/SessionView";
import type { Args, CommandName, Reply } from "$lib/port";
import type { SessionStory } from "$lib/generated/SessionStory";
import { apiError } from "./fake-calls";
import { DAY_MS } from "./rows";

type BackupCommand = Extract<
  CommandName,
  "backups" | "back_up" | "look_at_backup" | "restore" | "stop_backup" | "examine" | "log" | "story"
>;
type Handlers = { [K in BackupCommand]: (args: Args<K>) => Reply<K> };

const FOLDER = "/home/anna/.local/share/mitta/backups";

export function checked(name: CheckName, found: Found, more: Partial<Check> = {}): Check {
  const nothing = { text: null, file: null, count: null, at_ms: null, advice: null };
  return { name, ok: true, found, ...nothing, ...more };
}

export class FakeBackups {
  /** What the dialog answers. */
  chosen: string | null = null;
  /** The code that a look answers with, by path. */
  readonly refused = new Map<string, Parameters<typeof apiError>[0]>();
  signsOut = false;
  account: BackupAccount | null = null;
  logged = "INFO mitta_desktop: started\n";
  examination: Examination = {
    is_database_well: true,
    checks: [
      checked("data_folder", "folder_writable", { text: "/home/anna/.local/share/mitta" }),
      checked("free_space", "free", { count: 48_210 }),
      checked("database", "whole"),
      checked("sits", "nothing_unfinished"),
      checked("outbox", "waiting", { count: 2 }),
      checked("backups", "last_backup", { at_ms: Date.now() - DAY_MS }),
      checked("round_trip", "round_trip"),
      checked("sound", "sound_bad", { ok: false, text: "no sound device", advice: "check_sound" }),
      checked("own_sounds", "own_sounds", { count: 0 }),
      checked("zone", "zone", { text: "Europe/Berlin" }),
      checked("clock", "clocks_agree"),
      checked("start_at_login", "started", {
        text: "/usr/bin/mitta-desktop",
        file: "/home/anna/.config/autostart/org.mitta.Mitta.desktop",
      }),
      checked("shortcut", "no_shortcut"),
    ],
  };

  #files: BackupFile[] = [];
  readonly #held = new Map<string, SessionView[]>();
  readonly #sits: () => SessionView[];
  readonly #replace: (sits: SessionView[]) => void;

  constructor(sits: () => SessionView[], replace: (sits: SessionView[]) => void) {
    this.#sits = sits;
    this.#replace = replace;
  }

  /** A copy of the history as it is now. */
  make(kind: BackupKind, name: string, made_at_ms = Date.now()): BackupFile {
    const path = name.startsWith("/") ? name : `${FOLDER}/${name}`;
    const file = { path, kind, made_at_ms, bytes: 327_680 };
    this.#held.set(path, structuredClone(this.#sits()));
    if (path.startsWith(FOLDER)) this.#files.unshift(file);
    return file;
  }

  /** Copies as a folder has them after some weeks. */
  seed(now_ms: number): void {
    for (const week of [4, 3, 2, 1]) {
      const made_at_ms = now_ms - week * 7 * DAY_MS + 3 * DAY_MS;
      const date = new Date(made_at_ms).toISOString().slice(0, 10);
      this.make("weekly", `mitta-weekly-${date}.sqlite3`, made_at_ms);
    }
  }

  #there(path: string): SessionView[] {
    const code = this.refused.get(path);
    if (code !== undefined) throw apiError(code);
    const held = this.#held.get(path);
    if (held === undefined) throw apiError("backup_unreadable");
    return held.filter((sit) => !sit.deleted && sit.state === "completed");
  }

  #look(path: string): BackupView {
    const there = this.#there(path);
    const here = this.#sits().filter((sit) => !sit.deleted && sit.state === "completed");
    const without = (all: SessionView[], other: SessionView[]) =>
      all.filter((sit) => !other.some((one) => one.session_id === sit.session_id)).length;
    const dates = there.map((sit) => sit.local_date).toSorted();
    const file = this.#files.find((one) => one.path === path);
    return {
      path,
      made_at_ms: file?.made_at_ms ?? Date.now(),
      sits: there.length,
      credited_s: there.reduce((sum, sit) => sum + sit.credited_s, 0),
      first_date: dates[0] ?? null,
      last_date: dates.at(-1) ?? null,
      unfinished: 0,
      only_here: without(here, there),
      only_here_unsent: this.signsOut ? 1 : without(here, there),
      only_there: without(there, here),
      account: this.account,
      signs_out: this.signsOut,
    };
  }

  #story(session_id: string): SessionStory {
    const sit = this.#sits().find((one) => one.session_id === session_id);
    if (sit === undefined) throw apiError("unknown_session", session_id);
    const part = {
      whence: "here" as const,
      attempts: 0,
      next_attempt_at_ms: null,
      code: null,
      refused_at_ms: null,
    };
    return {
      sit,
      whence: "here",
      imported_from: null,
      tz: "Europe/Berlin",
      events: [
        { event_seq: 1, kind: "started", at_ms: sit.started_at_ms, elapsed_ms: 0 },
        {
          event_seq: 2,
          kind: "completed",
          at_ms: sit.started_at_ms + sit.credited_s * 1000,
          elapsed_ms: null,
        },
      ],
      changes: [
        { ...part, part: "start", state: "answered", made_at_ms: null },
        { ...part, part: "completion", state: "answered", made_at_ms: null },
        { ...part, part: "words", state: "waiting", made_at_ms: sit.started_at_ms, attempts: 2 },
        {
          ...part,
          part: "credited",
          state: "refused",
          made_at_ms: sit.started_at_ms,
          code: "credited_out_of_range",
          refused_at_ms: sit.started_at_ms,
        },
      ],
      lost: 1,
      has_account: true,
      is_to_be_offered: false,
      in_step_ms: sit.started_at_ms,
    };
  }

  readonly commands: Handlers = {
    backups: () => ({ folder: FOLDER, backups: this.#files }),
    back_up: ({ path, replaces }) => {
      if (path !== null && !replaces && this.#held.has(path)) throw apiError("file_exists");
      return this.make("by_hand", path ?? `mitta-copy-${this.#files.length}.sqlite3`);
    },
    look_at_backup: ({ path }) => this.#look(path),
    restore: ({ path }) => {
      this.#there(path);
      const held = structuredClone(this.#held.get(path) ?? []);
      const undo = this.make(
        "before_restore",
        `mitta-before-restore-${Date.now() + this.#files.length}.sqlite3`,
      );
      this.#replace(held);
      return { undo_path: undo.path };
    },
    stop_backup: () => ({}),
    examine: () => this.examination,
    log: () => ({ text: this.logged, folder: `${FOLDER}/../logs` }),
    story: ({ session_id }) => this.#story(session_id),
  };
}
