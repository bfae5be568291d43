// The keyboard of the whole window. Controls keep their own keys: a focused button is pressed by
// Space itself, a text field takes every letter.
import { asksForSheet } from "$lib/shortcuts";
import type { App, Place } from "$lib/state/app.svelte";

const PRESSED_BY_SPACE =
  "button, a[href], input, textarea, select, summary, [role], [contenteditable]";
const TYPED_INTO = "input, textarea, select, [contenteditable], [role=slider], [role=listbox]";

/** Ctrl and this key make text larger, smaller, or as usual; `=` is `+` without Shift. */
const TEXT_STEPS: Partial<Record<string, 1 | -1 | 0>> = {
  "+": 1,
  "=": 1,
  "-": -1,
  "−": -1,
  "0": 0,
};

/** Fields in which something was typed: there Ctrl+Z takes back what was typed. */
const typed = new WeakSet<EventTarget>();

const UNTYPED = "[type=range], [type=checkbox], [type=radio]";

/** For every input of the window. */
export function handleInput({ target }: Event): void {
  if (target instanceof Element && !target.matches(UNTYPED)) typed.add(target);
}

/** Whether what is offered was taken back; only what can be seen and pressed is. */
function undo(app: App, event: KeyboardEvent): boolean {
  if (event.target !== null && typed.has(event.target)) return false;
  const above = document.querySelector("[role=dialog], [role=alertdialog]") ?? document;
  if (app.undo.offered === null || above.querySelector("[data-undo]") === null) return false;
  app.undo.offered.run();
  return true;
}

function within(event: KeyboardEvent, selector: string): boolean {
  return event.target instanceof Element && event.target.closest(selector) !== null;
}

/** Ctrl and a digit go to a screen, in the order of the rail. */
const PLACES: Partial<Record<string, Place>> = {
  "1": "sit",
  "2": "history",
  "3": "together",
  "4": "settings",
  ",": "settings",
};

export function handleKey(app: App, event: KeyboardEvent): void {
  // The sheet of keys has the keyboard to itself.
  if (event.defaultPrevented || event.repeat || app.shortcutsOpen) return;
  if (event.ctrlKey || event.metaKey || event.altKey) {
    if (event.ctrlKey && event.key === "q") {
      event.preventDefault();
      void app.attempt(() => app.port.askToQuit());
    }
    const isUndo = event.ctrlKey && !event.altKey && !event.shiftKey && event.key === "z";
    if (isUndo && undo(app, event)) event.preventDefault();
    const place = event.ctrlKey && !event.altKey ? PLACES[event.key] : undefined;
    if (place !== undefined && app.sit.view === null && app.loaded) {
      event.preventDefault();
      app.go(place);
    }
    const step = event.ctrlKey && !event.altKey ? TEXT_STEPS[event.key] : undefined;
    if (step !== undefined) {
      event.preventDefault();
      app.stepTextSize(step);
    }
    return;
  }
  if (asksForSheet(event) && app.sit.view === null && app.loaded) {
    event.preventDefault();
    app.shortcutsOpen = true;
    return;
  }
  if (event.key === "Escape") {
    escape(app, event);
    return;
  }
  if (event.key === " " && !within(event, PRESSED_BY_SPACE)) {
    if (space(app)) event.preventDefault();
    return;
  }
  if (within(event, TYPED_INTO) || app.screen !== "sitting") return;
  if (event.key === "h" || event.key === "H") app.nextDial();
  if (event.key === "f" || event.key === "F") void app.attempt(() => app.port.toggleFullscreen());
}

function space(app: App): boolean {
  if (app.screen === "sit") {
    void app.begin();
    return true;
  }
  // A sitting together keeps the common time: it neither begins early nor pauses.
  if (app.sit.view?.together_id != null) return app.screen === "sitting";
  switch (app.screen === "sitting" ? app.sit.view?.phase : undefined) {
    case "preparing":
      void app.act("begin_now");
      return true;
    case "sitting":
      void app.act("pause");
      return true;
    case "paused":
      void app.act("resume");
      return true;
    default:
      return false;
  }
}

function escape(app: App, event: KeyboardEvent): void {
  if (app.quitAsked) {
    app.quitAsked = false;
    return;
  }
  if (app.screen === "after" && app.after !== null) {
    event.preventDefault();
    if (app.after.asking) app.after.asking = false;
    else void app.after.skip();
    return;
  }
  if (app.screen !== "sitting") return;
  const phase = app.sit.view?.phase;
  if (phase === "preparing" || phase === "sitting" || phase === "paused" || phase === "overtime") {
    event.preventDefault();
    void app.act("end");
  }
}
