// How the window looks and in which language it speaks, as the settings say.
import type { Settings } from "$lib/generated/Settings";
import { speak, wantedHere } from "$lib/locale.svelte";
import { stepped } from "$lib/text-size";
import type { SettingsState } from "./settings.svelte";

export class AppearanceState {
  /** The locales that a person asks for, best first. */
  readonly #wanted = wantedHere();
  readonly #settings: SettingsState;

  constructor(settings: SettingsState) {
    this.#settings = settings;
    // What goes wrong before the settings are known is said too.
    speak("system", this.#wanted);
  }

  /** The settings may be others by now. */
  follow(): void {
    const settings = this.#settings.value;
    if (settings === null) return;
    const root = document.documentElement;
    root.dataset["theme"] = settings.theme;
    root.style.setProperty("--text-size", `${settings.text_percent}%`);
    speak(settings.language, this.#wanted);
  }

  change(patch: Partial<Pick<Settings, "theme" | "language" | "text_percent">>): void {
    this.#settings.change(patch);
    this.follow();
  }

  /** One size of text larger (1), smaller (−1), or the usual one (0): the new one, where it is another. */
  stepText(step: 1 | -1 | 0): number | null {
    const now = this.#settings.value?.text_percent;
    const next = now === undefined ? undefined : stepped(now, step);
    if (next === undefined || next === now) return null;
    this.change({ text_percent: next });
    return next;
  }
}
