import { expect, test } from "vitest";
import { FakePort } from "../../testing/fake-port";
import { DAY_MS, sitAt } from "../../testing/rows";
import { EVERYTHING, HistoryState, NEXT_PAGE, PAGE } from "./history.svelte";

const NOW_MS = Date.UTC(2026, 10, 21, 12);

function filled(rows: number): { port: FakePort; state: HistoryState } {
  const port = new FakePort();
  port.sits = Array.from({ length: rows }, (_, n) => sitAt(n, NOW_MS - n * (DAY_MS / 2), 600));
  return { port, state: new HistoryState(port) };
}

test("pages follow each other without gap or repeat to the end", async () => {
  const all = PAGE + NEXT_PAGE + 7;
  const { state } = filled(all);
  await state.refresh();
  expect(state.sits).toHaveLength(PAGE);
  await state.more();
  expect(state.sits).toHaveLength(PAGE + NEXT_PAGE);
  await state.more();
  expect(state.next).toBeNull();
  await state.more();
  expect(state.sits).toHaveLength(all);
  expect(new Set(state.sits.map((sit) => sit.session_id)).size).toBe(all);
});

test("two asks for more at once read one page", async () => {
  const { port, state } = filled(PAGE + NEXT_PAGE * 2);
  await state.refresh();
  await Promise.all([state.more(), state.more()]);
  expect(state.sits).toHaveLength(PAGE + NEXT_PAGE);
  expect(port.called("history")).toHaveLength(2);
});

test("a refresh brings what is new and keeps the older rows that were read", async () => {
  const { port, state } = filled(PAGE * 2);
  await state.refresh();
  await state.more();
  port.sits.unshift(sitAt(5000, NOW_MS + 1000, 900));
  await state.refresh();
  expect(state.sits[0]?.credited_s).toBe(900);
  expect(state.sits).toHaveLength(PAGE * 2 + 1);
  expect(state.totals?.all.sits).toBe(PAGE * 2 + 1);
});

test("sits that began in the same instant are all there once", async () => {
  const port = new FakePort();
  port.sits = Array.from({ length: PAGE + 5 }, (_, n) => sitAt(n, NOW_MS, 600));
  const state = new HistoryState(port);
  await state.refresh();
  await state.more();
  await state.refresh();
  expect(new Set(state.sits.map((sit) => sit.session_id)).size).toBe(PAGE + 5);
  expect(state.sits).toHaveLength(PAGE + 5);
});

test("a row is changed and taken out as a command answered", async () => {
  const { state } = filled(3);
  await state.refresh();
  const [first] = state.sits;
  if (first === undefined) throw new Error("no row");
  state.patch({ ...first, words: { note: "rain", mood: null, label: null } });
  expect(state.sits[0]?.words.note).toBe("rain");
  state.patch({ ...first, deleted: true });
  expect(state.sits).toHaveLength(2);
});

test("a sit that a command answered is put where it belongs, if that was read", async () => {
  const { state } = filled(PAGE + 10);
  await state.refresh();
  const between = sitAt(7000, NOW_MS - DAY_MS / 4, 900);
  state.patch(between);
  expect(state.sits[1]).toEqual(between);
  state.patch({ ...between, deleted: true });
  state.patch(between);
  expect(state.sits.filter((sit) => sit.session_id === between.session_id)).toHaveLength(1);
  state.patch(sitAt(7001, NOW_MS - 400 * DAY_MS, 900));
  expect(state.sits).toHaveLength(PAGE + 1);
});

test("what is wanted is asked for, page by page, and everything again", async () => {
  const { port, state } = filled(PAGE * 3);
  port.sits.forEach((sit, n) => (sit.words.label = n % 2 === 0 ? "Zazen" : null));
  await state.refresh();
  await state.seek({ ...EVERYTHING, label: "Zazen" });
  expect(state.filtered).toBe(true);
  expect(state.sits).toHaveLength(PAGE);
  await state.more();
  expect(state.sits).toHaveLength((PAGE * 3) / 2);
  expect(state.sits.every((sit) => sit.words.label === "Zazen")).toBe(true);
  expect(state.labels).toEqual([{ label: "Zazen", sits: (PAGE * 3) / 2 }]);
  await state.seek(EVERYTHING);
  expect(state.sits).toHaveLength(PAGE);
});

test("an answer that comes too late shows nothing, and a refused search leaves all as it was", async () => {
  const { port, state } = filled(3);
  await state.refresh();
  const release = port.hold("find_sits");
  const late = state.seek({ ...EVERYTHING, text: "nothing of it" });
  await state.seek(EVERYTHING);
  release();
  await late;
  expect(state.sits).toHaveLength(3);
  await expect(state.seek({ ...EVERYTHING, text: "x".repeat(201) })).rejects.toMatchObject({
    code: "search_too_long",
  });
  expect(state.filter).toEqual(EVERYTHING);
});

test("what changed elsewhere shows in the older rows too", async () => {
  const { port, state } = filled(PAGE + NEXT_PAGE * 2);
  await state.refresh();
  await state.more();
  await state.more();
  const [changed, gone] = [port.sits[PAGE + 10], port.sits[PAGE + NEXT_PAGE + 10]];
  if (changed === undefined || gone === undefined) throw new Error("no row");
  port.sits = port.sits.filter((sit) => sit !== gone);
  port.sits[PAGE + 10] = { ...changed, words: { note: "rain", mood: null, label: null } };
  await state.refresh();
  expect(state.sits[PAGE + 10]?.words.note).toBe("rain");
  expect(state.sits.map((sit) => sit.session_id)).toEqual(port.sits.map((sit) => sit.session_id));
  expect(state.next).toBeNull();
});

test("what a command answers while older rows are read again stays", async () => {
  const { port, state } = filled(PAGE + NEXT_PAGE);
  await state.refresh();
  await state.more();
  const release = port.hold("history");
  const reading = state.refresh();
  const old = state.sits[PAGE + 5];
  if (old === undefined) throw new Error("no row");
  state.patch({ ...old, words: { note: "snow", mood: null, label: null } });
  release();
  await reading;
  expect(state.sits[PAGE + 5]?.words.note).toBe("snow");
  expect(state.sits).toHaveLength(PAGE + NEXT_PAGE);
});

const labelled = (state: HistoryState) => state.sits.every((sit) => sit.words.label === "Zazen");

/** Half of the sits have the label; more than two pages of each are there. */
async function halfOf(rows: number): Promise<{ port: FakePort; state: HistoryState }> {
  const { port, state } = filled(rows);
  port.sits.forEach((sit, n) => (sit.words.label = n % 2 === 0 ? "Zazen" : null));
  await state.refresh();
  await state.more();
  return { port, state };
}

test("a search that a change of the history meets is answered, and goes on to its end", async () => {
  const { port, state } = await halfOf(PAGE * 4);
  const release = port.hold("find_sits");
  const seeking = state.seek({ ...EVERYTHING, label: "Zazen" });
  const refreshing = state.refresh();
  let answered = false;
  void seeking.then(() => (answered = true));
  await state.more();
  expect([state.seeking, answered]).toEqual([true, false]);
  release();
  await Promise.all([seeking, refreshing]);
  expect(state.seeking).toBe(false);
  expect(state.sits).toHaveLength(PAGE);
  expect(labelled(state)).toBe(true);
  await state.more();
  expect(state.sits).toHaveLength(PAGE * 2);
  expect(labelled(state)).toBe(true);
  expect(state.next).toBeNull();
});

test("a change of the history that a search meets is counted", async () => {
  const { port, state } = await halfOf(PAGE);
  port.sits.push(sitAt(5000, NOW_MS + 1000, 900, { label: "Walking" }));
  const release = port.hold("history");
  const refreshing = state.refresh();
  await state.seek({ ...EVERYTHING, label: "Zazen" });
  release();
  await refreshing;
  expect(labelled(state)).toBe(true);
  expect(state.totals?.all.sits).toBe(PAGE + 1);
  expect(state.labels.map(({ label }) => label)).toEqual(["Walking", "Zazen"]);
});

test("a search that fails leaves what was shown as what is wanted, whatever it met", async () => {
  const { port, state } = await halfOf(PAGE);
  const release = port.hold("find_sits");
  const tooLong = { ...EVERYTHING, text: "x".repeat(201) };
  const first = expect(state.seek({ ...EVERYTHING, label: "Zazen" })).rejects.toBeDefined();
  await expect(state.seek(tooLong)).rejects.toMatchObject({ code: "search_too_long" });
  expect([state.filter, state.seeking]).toEqual([EVERYTHING, false]);
  release();
  await first;
  port.fail("find_sits", "database_busy");
  const both = [state.seek({ ...EVERYTHING, label: "Zazen" }), state.refresh()];
  await Promise.all(both.map((it) => expect(it).rejects.toMatchObject({ code: "database_busy" })));
  expect([state.filter, state.seeking]).toEqual([EVERYTHING, false]);
});

test("a change of the history that a refused search meets is shown all the same", async () => {
  const { port, state } = await halfOf(PAGE / 2);
  port.sits.push(sitAt(5000, NOW_MS + 1000, 900));
  const refreshing = state.refresh();
  const tooLong = { ...EVERYTHING, text: "x".repeat(201) };
  await expect(state.seek(tooLong)).rejects.toMatchObject({ code: "search_too_long" });
  await refreshing;
  expect(state.sits).toHaveLength(PAGE / 2 + 1);
  expect(state.totals?.all.sits).toBe(PAGE / 2 + 1);
});

test("more rows are asked for also where those of another search are still being read", async () => {
  const { port, state } = await halfOf(PAGE * 8);
  const release = port.hold("history");
  const late = state.more();
  await state.seek({ ...EVERYTHING, label: "Zazen" });
  await state.more();
  expect(state.sits).toHaveLength(PAGE * 4);
  release();
  await late;
  expect(state.sits).toHaveLength(PAGE * 4);
  expect(labelled(state)).toBe(true);
});
