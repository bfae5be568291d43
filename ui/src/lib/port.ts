// The one port to the backend. Nothing else in the window knows what is behind it: Tauri in the
// app, a fake in tests and previews.
import type { AccountCommands } from "$lib/generated/AccountCommands";
import type { Commands } from "$lib/generated/Commands";
import type { SoundChosen } from "$lib/generated/SoundChosen";
import type { SyncView } from "$lib/generated/SyncView";
import type { Update } from "$lib/generated/Update";

export type CommandName = keyof Commands;
export type Args<K extends CommandName> = Commands[K]["args"];
export type Reply<K extends CommandName> = Commands[K]["reply"];

export type AccountCommandName = keyof AccountCommands;
export type AccountArgs<K extends AccountCommandName> = AccountCommands[K]["args"];
export type AccountReply<K extends AccountCommandName> = AccountCommands[K]["reply"];

export interface Port {
  /** Gives a command. Rejects with an `ApiError`. */
  call<K extends CommandName>(name: K, args: Args<K>): Promise<Reply<K>>;
  /** Hears what the engine tells; the promise resolves once nothing can be missed any more. */
  onUpdate(heard: (update: Update) => void): Promise<() => void>;
  /** Gives a command about sync or the account. Rejects with an `AccountError`. */
  account<K extends AccountCommandName>(name: K, args: AccountArgs<K>): Promise<AccountReply<K>>;
  /** Hears how sync is, like `onUpdate`. */
  onSync(heard: (view: SyncView) => void): Promise<() => void>;
  /** Hears that what partners see, who sits, or what is proposed may be another by now. */
  onTogether(heard: () => void): Promise<() => void>;
  /** The person asked to quit while a sit is live. */
  onQuitAsked(asked: () => void): Promise<() => void>;
  /** Quits; while a sit is live, the window is asked first. */
  askToQuit(): Promise<void>;
  /** Quits although a sit is live: it is found again at the next launch. */
  quit(): Promise<void>;
  /** Lets the person choose a sound file; rejects with an `ApiError` if it is no usable sound. */
  pickSoundFile(): Promise<SoundChosen>;
  /** Lets the person choose a file of sits; `null` if they chose none. */
  pickImportFile(): Promise<string | null>;
  /** Lets the person say where a file is to be written; `null` if they chose nowhere. */
  pickSavePath(suggested: string): Promise<string | null>;
  /** Lets the person choose a copy of a history; `null` if they chose none. */
  pickBackupFile(): Promise<string | null>;
  toggleFullscreen(): Promise<void>;
}
