// Copies of the history, and the way back.
import { Act } from "$lib/act.svelte";
import { asApiError } from "$lib/errors";
import type { BackupFile } from "$lib/generated/BackupFile";
import type { BackupKind } from "$lib/generated/BackupKind";
import type { BackupProgress } from "$lib/generated/BackupProgress";
import type { BackupView } from "$lib/generated/BackupView";
import { m } from "$lib/paraglide/messages";
import type { Port } from "$lib/port";

/** Why there is a copy, in a word. */
export function why(kind: BackupKind): string {
  switch (kind) {
    case "weekly":
      return m.backup_weekly();
    case "before_migration":
      return m.backup_before_migration();
    case "before_restore":
      return m.backup_before_restore();
    case "by_hand":
      return m.backup_by_hand();
    case "other":
      return m.backup_other();
  }
}

export class BackupsState {
  /** The copies in the folder, newest first; `null` until they are read. */
  files = $state.raw<BackupFile[] | null>(null);
  /** The copy that was looked at, before anything happens. */
  looked = $state.raw<BackupView | null>(null);
  progress = $state.raw<BackupProgress | null>(null);
  /** Where the last copy that was asked for is. */
  saved = $state.raw<string | null>(null);

  readonly copying = new Act(asApiError);
  readonly looking = new Act(asApiError);
  readonly restoring = new Act(asApiError);

  readonly #port: Port;
  /** Offers to take something back, and says what was done. */
  readonly #done: (text: string, undo?: () => void) => void;

  constructor(port: Port, done: (text: string, undo?: () => void) => void) {
    this.#port = port;
    this.#done = done;
  }

  async read(): Promise<void> {
    this.files = (await this.#port.call("backups", {})).backups;
  }

  /** Into the folder of copies. */
  async copy(): Promise<void> {
    await this.copying.run(async () => {
      this.saved = null;
      const file = await this.#port.call("back_up", { path: null, replaces: false });
      this.saved = file.path;
      await this.read();
    });
  }

  /** Once more, where the weekly copy failed; rejects where this one does too. */
  async again(): Promise<void> {
    await this.#port.call("back_up", { path: null, replaces: false });
  }

  /** Where the person says; the dialog has asked about a file that is there. */
  async save(suggested: string): Promise<void> {
    await this.copying.run(async () => {
      this.saved = null;
      const path = await this.#port.pickSavePath(suggested);
      if (path === null) return;
      this.saved = (await this.#port.call("back_up", { path, replaces: true })).path;
    });
  }

  async look(path: string): Promise<void> {
    this.restoring.error = null;
    await this.looking.run(async () => {
      this.looked = null;
      this.looked = await this.#port.call("look_at_backup", { path });
    });
  }

  async choose(): Promise<void> {
    let path: string | null = null;
    const chosen = await this.looking.run(async () => {
      path = await this.#port.pickBackupFile();
    });
    if (chosen && path !== null) await this.look(path);
  }

  /** Replaces the history by what was looked at. */
  async restore(sits: string): Promise<boolean> {
    const backup = this.looked;
    if (backup === null) return false;
    return this.restoring.run(async () => {
      const { undo_path } = await this.#port.call("restore", { path: backup.path });
      this.looked = null;
      this.#done(m.backup_restored({ sits }), () => void this.#undo(undo_path));
      await this.read();
    });
  }

  async #undo(path: string): Promise<void> {
    const undone = await this.restoring.run(async () => {
      await this.#port.call("restore", { path });
      await this.read();
    });
    if (undone) this.#done(m.backup_undone());
  }

  async stop(): Promise<void> {
    await this.#port.call("stop_backup", {});
  }
}
