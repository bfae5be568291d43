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
