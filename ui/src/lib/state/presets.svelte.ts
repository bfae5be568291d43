// Choices kept under a name: the list, and what is being done to it in its sheet.
import { Act } from "$lib/act.svelte";
import { asApiError } from "$lib/errors";
import type { ApiError } from "$lib/generated/ApiError";
import type { PlanChoice } from "$lib/generated/PlanChoice";
import type { Preset } from "$lib/generated/Preset";
import type { PresetId } from "$lib/generated/PresetId";
import { m } from "$lib/paraglide/messages";
import { isSameName, samePlan } from "$lib/plan";
import type { App } from "./app.svelte";

/** A preset that is being changed; kept while the person looks elsewhere. */
export interface PresetDraft {
  preset_id: PresetId;
  name: string;
  choice: PlanChoice;
}

export class PresetsState {
  all = $state.raw<Preset[]>([]);
  open = $state.raw(false);
  draft = $state.raw<PresetDraft | null>(null);
  /** The name for what is chosen now, as typed so far. */
  name = $state("");
  /** For the sheet's own live region: the window's lies below it. */
  said = $state.raw("");
  /** Brought back just now. */
  returned = $state.raw<PresetId | null>(null);
  readonly act = new Act<ApiError>(asApiError);

  readonly #app: App;

  constructor(app: App) {
    this.#app = app;
  }

  /** The one whose choices are those on screen. */
  readonly current = $derived.by(() => {
    const choice = this.#app.settings.value?.choice;
    return choice && this.all.find((preset) => samePlan(preset.choice, choice));
  });

  /** The one that a name as typed would be taken for. */
  named(name: string): Preset | undefined {
    return this.all.find((preset) => isSameName(preset.name, name));
  }

  choose(preset: Preset): void {
    this.#app.settings.change({ choice: preset.choice });
    void this.#app.checkSound();
  }

  show(): void {
    this.act.error = null;
    this.said = "";
    this.open = true;
  }

  close(): void {
    this.open = false;
  }

  edit(preset: Preset): void {
    this.act.error = null;
    this.draft = { ...preset };
  }

  change(patch: Partial<PresetDraft>): void {
    if (this.draft !== null) this.draft = { ...this.draft, ...patch };
  }

  cancel(): void {
    this.act.error = null;
    this.draft = null;
  }

  /** Saves what was changed of a preset. */
  async save(): Promise<boolean> {
    const draft = this.draft;
    if (draft === null) return false;
    const saved = await this.#saved(draft.preset_id, draft.name, draft.choice);
    if (saved) this.draft = null;
    return saved;
  }

  /** Keeps what is chosen now under the typed name. */
  async keep(): Promise<boolean> {
    return this.#keepAs(null, this.name);
  }

  /** Puts what is chosen now in place of what was kept under a name. */
  async replace(preset: Preset): Promise<boolean> {
    return this.#keepAs(preset.preset_id, preset.name);
  }

  async #keepAs(preset_id: PresetId | null, name: string): Promise<boolean> {
    const choice = this.#app.settings.value?.choice;
    if (choice === undefined) return false;
    const kept = await this.#saved(preset_id, name, choice);
    if (kept) this.name = "";
    return kept;
  }

  #saved(preset_id: PresetId | null, name: string, choice: PlanChoice): Promise<boolean> {
    return this.act.run(async () => {
      const saved = await this.#app.port.call("save_preset", { preset_id, name, choice });
      this.said = m.preset_kept({ name: saved.name });
    });
  }

  /** Moves a preset to a place in the list; on screen at once, and back if it cannot be saved. */
  async move(preset: Preset, to: number): Promise<void> {
    const before = this.all;
    const others = before.filter((one) => one.preset_id !== preset.preset_id);
    const at = Math.max(0, Math.min(to, others.length));
    const all = others.toSpliced(at, 0, preset);
    if (all.every((one, index) => one === before[index])) return;
    this.all = all;
    const preset_ids = all.map(({ preset_id }) => preset_id);
    const moved = await this.act.inTurn(async () => {
      this.all = (await this.#app.port.call("reorder_presets", { preset_ids })).presets;
    });
    if (moved) this.said = m.preset_moved({ name: preset.name, n: at + 1, of: all.length });
    else if (this.all === all) this.all = before;
  }

  async delete({ preset_id, name }: Preset): Promise<void> {
    const deleted = await this.act.inTurn(async () => {
      this.all = (await this.#app.port.call("delete_preset", { preset_id })).presets;
    });
    if (!deleted) return;
    const text = m.preset_deleted({ name });
    this.said = text;
    this.#app.offerUndo(text, () => {
      void this.#app.attempt(async () => {
        this.all = (await this.#app.port.call("restore_preset", { preset_id })).presets;
        if (this.open) this.returned = preset_id;
        this.said = m.preset_restored({ name });
        this.#app.announcement = this.said;
      });
    });
  }
}
