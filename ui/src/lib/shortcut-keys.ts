// The keys of the global shortcut: as they are pressed, as they are kept, as they are read.
import { m } from "$lib/paraglide/messages";

/** What a press of keys means to whoever sets a shortcut. */
export type Pressed =
  | { kind: "keys"; keys: string }
  /** Only modifiers so far. */
  | { kind: "held" }
  /** A key that is typed with, or none that can be kept. */
  | { kind: "none" };

const NAMED =
  /^(Space|Enter|Insert|Home|End|PageUp|PageDown|ArrowUp|ArrowDown|ArrowLeft|ArrowRight)$/;
const MODIFIERS = /^(Control|Alt|AltGraph|Shift|Meta|Super|OS|Hyper)$/;

/** By what stands on the key; in another script than Latin, by its place. */
function keyOf({ key, code }: KeyboardEvent): string | null {
  if (/^[a-z]$/i.test(key)) return key.toUpperCase();
  const typed = /^(?:Key|Digit)([A-Z0-9])$/.exec(code);
  if (typed?.[1] !== undefined) return typed[1];
  return NAMED.test(code) || /^F([1-9]|1\d|2[0-4])$/.test(code) ? code : null;
}

export function pressed(event: KeyboardEvent): Pressed {
  if (MODIFIERS.test(event.key)) return { kind: "held" };
  const key = keyOf(event);
  const apart = event.ctrlKey || event.altKey || event.metaKey;
  if (key === null || !(apart || /^F\d/.test(key))) return { kind: "none" };
  const held = [
    event.ctrlKey && "Ctrl",
    event.altKey && "Alt",
    event.shiftKey && "Shift",
    event.metaKey && "Super",
  ].filter((it) => it !== false);
  return { kind: "keys", keys: [...held, key].join("+") };
}

/** The names that stand on the keyboard. */
export function keyNames(keys: string): string[] {
  const names: Record<string, () => string> = {
    Ctrl: m.key_ctrl,
    Alt: m.key_alt,
    Shift: m.key_shift,
    Super: m.key_super,
    Space: m.key_space,
    Enter: m.key_enter,
    Insert: m.key_insert,
    Home: m.key_home,
    End: m.key_end,
    PageUp: m.key_page_up,
    PageDown: m.key_page_down,
    ArrowUp: () => "↑",
    ArrowDown: () => "↓",
    ArrowLeft: () => "←",
    ArrowRight: () => "→",
  };
  return keys.split("+").map((key) => names[key]?.() ?? key);
}
