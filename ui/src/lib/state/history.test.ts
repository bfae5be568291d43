import { expect, test } from "vitest";
import { chunked, CHUNK } from "$lib/days";
import { FakePort } from "../../testing/fake-port";
import { DAY_MS, sitAt } from "../../testing/rows";
import { HistoryState, PAGE } from "./history.svelte";

const NOW_MS = Date.UTC(2026, 10, 21, 12);

function filled(rows: number): { port: FakePort; state: HistoryState } {
  const port = new FakePort();
  port.sits = Array.from({ length: rows }, (_, n) => sitAt(n, NOW_MS - n * (DAY_MS / 2), 600));
  return { port, state: new HistoryState(port) };
}

test("pages follow each other without gap or repeat to the end", async () => {
  const { state } = filled(PAGE * 2 + 7);
  await state.refresh();
  expect(state.sits).toHaveLength(PAGE);
  await state.more();
  await state.more();
  expect(state.next).toBeNull();
  await state.more();
  expect(state.sits).toHaveLength(PAGE * 2 + 7);
  expect(new Set(state.sits.map((sit) => sit.session_id)).size).toBe(PAGE * 2 + 7);
});

test("two asks for more at once read one page", async () => {
  const { port, state } = filled(PAGE * 3);
  await state.refresh();
  await Promise.all([state.more(), state.more()]);
  expect(state.sits).toHaveLength(PAGE * 2);
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

test("days open once, also where a chunk ends within one", () => {
  const sits = Array.from({ length: CHUNK + 10 }, (_, n) => sitAt(n, NOW_MS - n * 1000, 600));
  const chunks = chunked(sits);
  expect(chunks).toHaveLength(2);
  expect(chunks.flatMap((chunk) => chunk.days).map((day) => day.opens)).toEqual([true, false]);
  expect(chunks.flatMap((chunk) => chunk.days).flatMap((day) => day.sits)).toEqual(sits);
});
