// The settings, changed at once on screen and saved behind it, one save at a time.
import { asApiError } from "$lib/errors";
import type { ApiError } from "$lib/generated/ApiError";
import type { PlanChoice } from "$lib/generated/PlanChoice";
import type { Settings } from "$lib/generated/Settings";
import type { Port } from "$lib/port";

export class SettingsState {
  value = $state.raw<Settings | null>(null);
  /** Why the last save failed; what is on screen is then not on the disk. */
  unsaved = $state.raw<ApiError | null>(null);

  #saving = false;
  #dirty = false;
  readonly #port: Port;

  constructor(port: Port) {
    this.#port = port;
  }

  /** What the engine says, unless the person has changed something since. */
  receive(settings: Settings): void {
    if (!this.#saving && !this.#dirty) this.value = settings;
  }

  change(patch: Partial<Settings>): void {
    if (this.value === null) return;
    this.value = { ...this.value, ...patch };
    this.save();
  }

  changeChoice(patch: Partial<PlanChoice>): void {
    if (this.value === null) return;
    this.change({ choice: { ...this.value.choice, ...patch } });
  }

  save(): void {
    this.#dirty = true;
    if (!this.#saving) void this.#saveUntilClean();
  }

  async #saveUntilClean(): Promise<void> {
    this.#saving = true;
    try {
      while (this.#dirty && this.value !== null) {
        this.#dirty = false;
        const saved = await this.#port.call("save_settings", this.value);
        if (!this.#dirty) this.value = saved;
      }
      this.unsaved = null;
    } catch (thrown) {
      this.#dirty = true;
      this.unsaved = asApiError(thrown);
    } finally {
      this.#saving = false;
    }
  }
}
