// What passes without anybody telling: the window is seen again, a day begins.
import { dayHere } from "$lib/dates";

/** Tells each that the window was shown or hidden, until the returned function is called. */
export function eachTurn(all: readonly { visibilityChanged(): void }[]): () => void {
  const turned = () => {
    for (const one of all) one.visibilityChanged();
  };
  document.addEventListener("visibilitychange", turned);
  return () => document.removeEventListener("visibilitychange", turned);
}

/**
 * Tells that a day has begun here, at the hour that a person's days begin with; until the returned function
 * is called. Looked at once an hour and when the window is seen again, as clocks are set and machines sleep.
 */
export function eachDay(hour: () => number, began: () => void): () => void {
  const today = () => dayHere(Date.now(), hour());
  let was = today();
  let timer: ReturnType<typeof setTimeout>;
  const wait = () => {
    const now = new Date();
    timer = setTimeout(look, new Date(now).setMinutes(60, 0, 0) - now.getTime());
  };
  const look = () => {
    const now = today();
    if (now !== was) began();
    was = now;
    wait();
  };
  const seen = () => {
    if (document.hidden) return;
    clearTimeout(timer);
    look();
  };
  document.addEventListener("visibilitychange", seen);
  wait();
  return () => {
    document.removeEventListener("visibilitychange", seen);
    clearTimeout(timer);
  };
}
