// The port as the desktop shell serves it. The only file that knows Tauri.
import { invoke } from "@tauri-apps/api/core";
import { listen } from "@tauri-apps/api/event";
import type { SoundChosen } from "$lib/generated/SoundChosen";
import type { SyncView } from "$lib/generated/SyncView";
import type { Update } from "$lib/generated/Update";
import type { AccountArgs, AccountCommandName, AccountReply, Port } from "$lib/port";
import type { Args, CommandName, Reply } from "$lib/port";

export const tauriPort: Port = {
  call: <K extends CommandName>(name: K, args: Args<K>) => invoke<Reply<K>>("rpc", { name, args }),
  onUpdate: (heard) => listen<Update>("mitta://update", (event) => heard(event.payload)),
  account: <K extends AccountCommandName>(name: K, args: AccountArgs<K>) =>
    invoke<AccountReply<K>>("account_rpc", { name, args }),
  onSync: (heard) => listen<SyncView>("mitta://sync", (event) => heard(event.payload)),
  onTogether: (heard) => listen("mitta://together", () => heard()),
  // The question waits in the shell until a window takes it: one that was built for it hears no
  // event that was sent before it listened.
  onQuitAsked: async (asked) => {
    const take = async () => {
      if (await invoke<boolean>("take_quit_question")) asked();
    };
    const stop = await listen("mitta://quit-asked", () => void take());
    await take();
    return stop;
  },
  askToQuit: () => invoke("ask_to_quit"),
  quit: () => invoke("quit"),
  pickSoundFile: () => invoke<SoundChosen>("pick_sound_file"),
  pickImportFile: () => invoke<string | null>("pick_import_file"),
  pickSavePath: (suggested) => invoke<string | null>("pick_save_path", { suggested }),
  pickBackupFile: () => invoke<string | null>("pick_backup_file"),
  toggleFullscreen: () => invoke("toggle_fullscreen"),
};
