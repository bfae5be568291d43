// The words about a recorded sit, changed field by field with one undo at the bottom.
import type { SessionId } from "$lib/generated/SessionId";
import type { Words } from "$lib/generated/Words";
import { m } from "$lib/paraglide/messages";
import type { App } from "$lib/state/app.svelte";

const FIELDS = ["note", "label", "mood"] as const;
type Field = (typeof FIELDS)[number];

/** The fields in which they differ. */
export function changed(a: Words, b: Words): Field[] {
  return FIELDS.filter((field) => a[field] !== b[field]);
}

const having = (words: Words, fields: Field[], of: Words): Words => ({
  ...words,
  ...Object.fromEntries(fields.map((field) => [field, of[field]])),
});

/** Writes what was changed from `was` to `typed`; a field that was left alone stays as it is by now. */
export async function describe(
  app: App,
  session_id: SessionId,
  was: Words,
  typed: Words,
): Promise<void> {
  const fields = changed(was, typed);
  const shown = () => app.history.sits.find((sit) => sit.session_id === session_id)?.words;
  const write = async (words: Words) =>
    app.history.patch(await app.port.call("describe", { session_id, words }));
  const before = shown() ?? was;
  await write(having(before, fields, typed));
  const undo = async () => {
    await write(having(shown() ?? typed, fields, before));
    app.announcement = m.sit_as_before();
  };
  app.offerUndo(m.sit_changed(), () => void app.attempt(undo));
}
