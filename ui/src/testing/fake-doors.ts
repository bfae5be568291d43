// The system's own dialogs and the window's frame, as a test answers them.
import type { SoundChosen } from "$lib/generated/SoundChosen";
import { FakeCalls } from "./fake-calls";

export class FakeDoors extends FakeCalls {
  sound: SoundChosen = { sound: { kind: "file", file: "rain.ogg", name: "rain.ogg" } };
  /** What the save dialog answers; the suggested name is put behind a folder. */
  savesTo: string | null = "/home/anna/";
  /** What the dialog for a file of sits answers. */
  importsFrom: string | null = "/home/anna/insight.csv";

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

  async pickImportFile(): Promise<string | null> {
    this.calls.push({ name: "pickImportFile", args: {} });
    return this.importsFrom;
  }

  async pickSavePath(suggested: string): Promise<string | null> {
    this.calls.push({ name: "pickSavePath", args: { suggested } });
    return this.savesTo === null ? null : this.savesTo + suggested;
  }
}
