// What the live region says as a sit goes on: start, pause, end; never seconds.
import { length } from "$lib/format";
import type { SitView } from "$lib/generated/SitView";
import { m } from "$lib/paraglide/messages";

/** Nothing where the phase stays the same. */
export function announcementOf(was: SitView | null, view: SitView | null): string | null {
  if (view === null || (was?.phase === view.phase && was.session_id === view.session_id)) {
    return null;
  }
  const said: Record<SitView["phase"], () => string> = {
    preparing: m.announce_preparing,
    sitting: () =>
      was?.phase === "paused"
        ? m.announce_resumed()
        : was?.phase === "ending"
          ? m.announce_goes_on()
          : m.announce_started(),
    paused: m.announce_paused,
    overtime: m.announce_overtime,
    ending: m.announce_ending,
    asking: m.announce_asking,
    ended: () =>
      view.discarded
        ? m.announce_discarded()
        : m.announce_ended({ length: length(view.completion?.credited_s ?? 0) }),
  };
  return said[view.phase]();
}
