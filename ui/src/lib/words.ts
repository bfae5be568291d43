// The words about a recorded sit, changed field by field with one undo at the bottom.
import { asApiError } from "$lib/errors";
import type { SessionId } from "$lib/generated/SessionId";
import type { Words } from "$lib/generated/Words";
import { m } from "$lib/paraglide/messages";
import type { App } from "$lib/state/app.svelte";

const FIELDS = ["note", "label", "mood"] as const;
/** How much of what was typed a line says. */
const EXCERPT = 80;

type Field = (typeof FIELDS)[number];

/** The fields in which they differ. */
export function changed(a: Words, b: Words): Field[] {
  return FIELDS.filter((field) => a[field] !== b[field]);
}

const having = (words: Words, fields: Field[], of: Words): Words => ({
  ...words,
  ...Object.fromEntries(fields.map((field) => [field, of[field]])),
});

/**
 * Writes some fields to the row that counts for a sit: it may be another by now, where the date was
 * corrected. `base` is what is known of its words. Resolves to the row, and its words before.
 */
async function put(
  app: App,
  session_id: SessionId,
  base: Words,
  fields: Field[],
  of: Words,
): Promise<{ now: SessionId; before: Words }> {
  const shown = app.history.sits.find((sit) => sit.session_id === session_id)?.words;
  const before = shown ?? base;
  const words = having(before, fields, of);
  try {
    app.history.patch(await app.port.call("describe", { session_id, words }));
    return { now: session_id, before };
  } catch (thrown) {
    if (asApiError(thrown).code !== "sit_deleted") throw thrown;
    const counts = await app.port.call("counting", { session_id });
    if (counts.deleted) throw thrown;
    return put(app, counts.session_id, counts.words, fields, of);
  }
}

/**
 * Writes what was changed from `was` to `typed`; a field that was left alone stays as it is by now.
 * Resolves to the row that has it: another one, where the date was corrected meanwhile.
 */
export async function describe(
  app: App,
  session_id: SessionId,
  was: Words,
  typed: Words,
): Promise<SessionId> {
  const fields = changed(was, typed);
  const { now, before } = await put(app, session_id, was, fields, typed);
  const undo = async () => {
    await put(app, now, typed, fields, before);
    app.announcement = m.sit_as_before();
  };
  app.offerUndo(m.sit_changed(), () => void app.attempt(undo));
  return now;
}

/** Words that were typed about a sit that is deleted by now. */
export interface Unkept {
  session_id: SessionId;
  was: Words;
  typed: Words;
}

/** As `describe`, for who is leaving: what cannot be written is kept, and said at the bottom. */
export async function leave(app: App, unkept: Unkept): Promise<SessionId | null> {
  const { session_id, was, typed } = unkept;
  const again = () => {
    app.problems.forget();
    void leave(app, unkept);
  };
  try {
    return await describe(app, session_id, was, typed);
  } catch (thrown) {
    if (asApiError(thrown).code === "sit_deleted") app.unkept = [...app.unkept, unkept];
    else app.fail(thrown, again);
    return null;
  }
}

/** Brings the sit back, with the words. */
export async function bringBack(app: App, unkept: Unkept): Promise<void> {
  const { session_id, was, typed } = unkept;
  app.history.patch(await app.port.call("restore_session", { session_id }));
  await describe(app, session_id, was, typed);
  app.unkept = app.unkept.filter((one) => one !== unkept);
  if (app.history.loaded) await app.history.refresh();
}

/** What was typed, as far as a line has room for it. */
export function excerpt({ was, typed }: Unkept): string {
  const texts = changed(was, typed).map((field) => (field === "mood" ? null : typed[field]));
  const said = texts.filter((text) => text !== null).join(" · ") || m.mood();
  return said.length > EXCERPT ? `${said.slice(0, EXCERPT).trimEnd()}…` : said;
}
