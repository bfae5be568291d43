// What the keys of the window do, as the sheet says it; `keys.ts` does it, and a test presses each.
import type { Shortcut as GlobalShortcut } from "$lib/generated/Shortcut";
import { m } from "$lib/paraglide/messages";
import { keyNames } from "$lib/shortcut-keys";

export interface Shortcut {
  /** Pressed at once, by the names that stand on the keyboard. */
  keys: string[];
  says: string;
}

export interface ShortcutGroup {
  title: string;
  shortcuts: Shortcut[];
}

/** Of the window, and the keys that reach it from anywhere. */
export function windowShortcuts(shortcut: GlobalShortcut | null): ShortcutGroup[] {
  const ctrl = (key: string) => [m.key_ctrl(), key];
  return [
    {
      title: m.shortcuts_anywhere(),
      shortcuts: [
        { keys: ctrl("1"), says: m.nav_sit() },
        { keys: ctrl("2"), says: m.nav_history() },
        { keys: ctrl("3"), says: m.nav_together() },
        { keys: ctrl("4"), says: m.nav_settings() },
        { keys: ctrl(","), says: m.shortcut_settings() },
        { keys: ctrl("+"), says: m.shortcut_larger() },
        { keys: ctrl("−"), says: m.shortcut_smaller() },
        { keys: ctrl("0"), says: m.shortcut_usual() },
        { keys: ctrl("Z"), says: m.shortcut_undo() },
        { keys: ["?"], says: m.shortcut_sheet() },
        { keys: ctrl("Q"), says: m.quit_quit() },
      ],
    },
    {
      title: m.shortcuts_before(),
      shortcuts: [{ keys: [m.key_space()], says: m.shortcut_begin() }],
    },
    {
      title: m.settings_during(),
      shortcuts: [
        { keys: [m.key_space()], says: m.shortcut_pause() },
        { keys: [m.key_esc()], says: m.shortcut_end() },
        { keys: ["H"], says: m.shortcut_dial() },
        { keys: ["F"], says: m.shortcut_fullscreen() },
      ],
    },
    {
      title: m.settings_after(),
      shortcuts: [{ keys: [m.key_esc()], says: m.shortcut_skip() }],
    },
    {
      title: m.nav_history(),
      shortcuts: [
        { keys: ["↑ ↓"], says: m.shortcut_rows() },
        { keys: [m.key_page_up()], says: m.shortcut_rows_up() },
        { keys: [m.key_page_down()], says: m.shortcut_rows_down() },
        { keys: [m.key_home()], says: m.shortcut_rows_first() },
        { keys: [m.key_end()], says: m.shortcut_rows_last() },
        { keys: [m.key_enter()], says: m.shortcut_row() },
      ],
    },
    ...fromAnywhere(shortcut),
    ...controls(),
  ];
}

function fromAnywhere(shortcut: GlobalShortcut | null): ShortcutGroup[] {
  if (shortcut === null) return [];
  const says = shortcut.does === "show" ? m.shortcut_does_show() : m.shortcut_does_begin();
  return [
    {
      title: m.shortcut_from_anywhere(),
      shortcuts: [{ keys: keyNames(shortcut.keys), says }],
    },
  ];
}

/** What every control understands, in the window and on the page. */
export function controls(): ShortcutGroup[] {
  return [
    {
      title: m.shortcuts_controls(),
      shortcuts: [
        { keys: [m.key_tab()], says: m.shortcut_next() },
        { keys: [m.key_shift(), m.key_tab()], says: m.shortcut_previous() },
        { keys: [m.key_enter()], says: m.shortcut_press() },
        { keys: ["← →"], says: m.shortcut_choose() },
        { keys: [m.key_esc()], says: m.shortcut_close() },
        { keys: ["T"], says: m.shortcut_tables() },
      ],
    },
  ];
}

/** Whether a key turns figures to their tables: T where no letter is typed. */
export function turnsTables(event: KeyboardEvent): boolean {
  if (event.defaultPrevented || event.repeat || event.key.toLowerCase() !== "t") return false;
  if (event.ctrlKey || event.metaKey || event.altKey) return false;
  const typed = "input, textarea, select, [contenteditable], [role=listbox], dialog";
  return !(event.target instanceof Element && event.target.closest(typed) !== null);
}

/** Whether a key asks for the sheet: `?` where no letter is typed. */
export function asksForSheet(event: KeyboardEvent): boolean {
  if (event.key !== "?" || event.ctrlKey || event.metaKey || event.altKey) return false;
  const typed = "input, textarea, select, [contenteditable], [role=listbox]";
  return !(event.target instanceof Element && event.target.closest(typed) !== null);
}
