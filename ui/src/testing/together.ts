// Together in the window, with the sync in a state.
import { expect, vi } from "vitest";
import { FakePort } from "./fake-port";
import { presentSync } from "./present-sync";
import { open, type Opened } from "./window";

export async function started(state: string, port = new FakePort()): Promise<Opened> {
  presentSync(port, state);
  const win = await open(port);
  await win.pass(0);
  await win.pass(0);
  return win;
}
export async function opened(state: string, port = new FakePort()): Promise<Opened> {
  const win = await started(state, port);
  await win.click("nav-together");
  await vi.waitFor(() => expect(win.has("together-partnership")).toBe(true));
  await win.pass(0);
  return win;
}
/** As if the window were hidden or shown. */
export function hide(hidden: boolean): void {
  vi.spyOn(document, "hidden", "get").mockReturnValue(hidden);
  document.dispatchEvent(new Event("visibilitychange"));
}
