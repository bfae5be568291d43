// Presets as the engine keeps them, for tests and previews.
import type { Preset } from "$lib/generated/Preset";
import type { Update } from "$lib/generated/Update";
import { isSameName } from "$lib/plan";
import type { Args, Reply } from "$lib/port";
import { apiError } from "./fake-calls";
import { idOf, settings } from "./rows";

interface Keeper {
  presets: Preset[];
  tell: (update: Update) => void;
}

export function presetCommands(keeper: Keeper) {
  let made = 500;
  const deleted = new Map<string, { preset: Preset; at: number }>();
  const become = (presets: Preset[]) => {
    keeper.presets = presets;
    keeper.tell({ kind: "presets", value: presets });
    return { presets };
  };
  return {
    presets: (): Reply<"presets"> => ({ presets: keeper.presets }),
    save_preset: ({ preset_id, name, choice }: Args<"save_preset">): Preset => {
      const kept = name.trim();
      if (kept === "" || kept.length > 60) throw apiError("invalid_preset_name");
      const taken = (one: Preset) => one.preset_id !== preset_id && isSameName(one.name, kept);
      if (keeper.presets.some(taken)) throw apiError("preset_name_taken");
      const preset: Preset = { preset_id: preset_id ?? idOf(++made), name: kept, choice };
      const at = keeper.presets.findIndex((one) => one.preset_id === preset_id);
      if (preset_id !== null && at === -1) throw apiError("unknown_preset");
      become(preset_id === null ? [...keeper.presets, preset] : keeper.presets.with(at, preset));
      return preset;
    },
    reorder_presets: ({ preset_ids }: Args<"reorder_presets">): Reply<"reorder_presets"> => {
      const presets = preset_ids.map((id) => keeper.presets.find((one) => one.preset_id === id));
      const all = presets.filter((one) => one !== undefined);
      if (all.length !== keeper.presets.length) throw apiError("presets_changed");
      return become(all);
    },
    delete_preset: ({ preset_id }: Args<"delete_preset">): Reply<"delete_preset"> => {
      const at = keeper.presets.findIndex((one) => one.preset_id === preset_id);
      const preset = keeper.presets[at];
      if (preset === undefined) throw apiError("unknown_preset");
      deleted.set(preset_id, { preset, at });
      return become(keeper.presets.toSpliced(at, 1));
    },
    restore_preset: ({ preset_id }: Args<"restore_preset">): Reply<"restore_preset"> => {
      const was = deleted.get(preset_id);
      if (was === undefined) throw apiError("unknown_preset");
      return become(keeper.presets.toSpliced(was.at, 0, was.preset));
    },
  };
}

/** Three presets to look at. */
export function somePresets(): Preset[] {
  const { choice } = settings();
  return [
    { preset_id: idOf(401), name: "Morning", choice: { ...choice, label: "Zazen" } },
    {
      preset_id: idOf(402),
      name: "Long evening",
      choice: { ...choice, planned_s: 2700, intervals: { kind: "every", every_s: 900 } },
    },
    {
      preset_id: idOf(403),
      name: "As long as it takes",
      choice: { ...choice, planned_s: null, preparation_s: 0 },
    },
  ];
}
