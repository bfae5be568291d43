// The port as the desktop shell serves it. The only file that knows Tauri.
import { invoke } from "@tauri-apps/api/core";
import { listen } from "@tauri-apps/api/event";
import type { SoundChosen } from "$lib/generated/SoundChosen";
import type { Update } from "$lib/generated/Update";
import type { Args, CommandName, Port, Reply } from "$lib/port";

export const tauriPort: Port = {
  call: <K extends CommandName>(name: K, args: Args<K>) => invoke<Reply<K>>("rpc", { name, args }),
  onUpdate: (heard) => listen<Update>("mitta://update", (event) => heard(event.payload)),
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
  toggleFullscreen: () => invoke("toggle_fullscreen"),
};
