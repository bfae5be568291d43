// The keyboard where a control goes that has it: by itself it would be nowhere.
import { tick } from "svelte";

/** Whether nothing has the keyboard: what had it is gone. */
export function isFree(): boolean {
  return document.activeElement === null || document.activeElement === document.body;
}

/** Before a change within `box` is drawn: where the keyboard is lost by it, `give` gives it to somebody. */
export function followFocus(box: HTMLElement | undefined, give: (had: HTMLElement) => void): void {
  const had = document.activeElement;
  if (!(had instanceof HTMLElement) || box?.contains(had) !== true) return;
  void tick().then(() => {
    if (isFree()) give(had);
  });
}

/** The row of the history that Tab comes to, else what is first on the screen. */
export function onScreen(): HTMLElement | null {
  return (
    document.querySelector<HTMLElement>('main [data-testid="row-toggle"][tabindex="0"]') ??
    document.querySelector<HTMLElement>("main [data-first]")
  );
}
