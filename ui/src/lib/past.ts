// Past sits recorded and corrected, each act with one undo at the bottom.
import { length } from "$lib/format";
import type { PastStart } from "$lib/generated/PastStart";
import type { SessionView } from "$lib/generated/SessionView";
import { m } from "$lib/paraglide/messages";
import type { Args } from "$lib/port";
import type { App } from "$lib/state/app.svelte";

/** Records a past sit. */
export async function addSit(app: App, args: Args<"add_sit">): Promise<void> {
  const sit = await app.port.call("add_sit", args);
  app.history.patch(sit);
  const { session_id } = sit;
  app.offerUndo(m.sit_added({ length: length(sit.credited_s) }), () => {
    void app.attempt(async () => {
      app.history.patch(await app.port.call("delete_session", { session_id }));
      app.announcement = m.sit_deleted();
    });
  });
  await reread(app);
}

/** It is recorded, whether the list can be read again or not. */
const reread = (app: App) => app.attempt(() => app.history.refresh());

/** Corrects when a sit was, or how long it counts, or both: one act, and one undo. Resolves to the sit. */
export async function correct(
  app: App,
  was: SessionView,
  start: PastStart | null,
  credited_s: number | null,
): Promise<SessionView> {
  const { session_id } = was;
  let now = was;
  try {
    if (credited_s !== null) {
      now = await app.port.call("correct_credited", { session_id, credited_s });
      app.history.patch(now);
    }
    if (start !== null) {
      const { sit, was: gone } = await app.port.call("correct_start", { session_id, start });
      app.history.patch(gone);
      app.history.patch(sit);
      now = sit;
    }
  } finally {
    // Also of a half that was done before the other failed.
    if (now !== was) {
      const undo = () => app.history.bring(session_id, () => uncorrect(app, was, now));
      app.offerUndo(m.sit_corrected(), () => void app.attempt(undo));
    }
  }
  if (now !== was) await reread(app);
  return now;
}

async function uncorrect(app: App, was: SessionView, now: SessionView): Promise<void> {
  const { session_id } = was;
  let credited = now;
  if (now.session_id !== session_id) {
    const of = { session_id: now.session_id };
    const { sit, was: gone } = await app.port.call("undo_correct_start", of);
    app.history.patch(gone);
    app.history.patch(sit);
    credited = sit;
  }
  // Unless it was said since to be another length.
  if (now.credited_s !== was.credited_s && credited.credited_s === now.credited_s) {
    const { credited_s } = was;
    app.history.patch(await app.port.call("correct_credited", { session_id, credited_s }));
  }
  await app.history.refresh();
  app.announcement = m.announce_restored();
}
