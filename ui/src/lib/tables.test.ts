// Figures of all parts of a screen are turned together.
import { expect, test } from "vitest";
import { TablesState } from "./tables.svelte";

const drawn = (...figures: string[]) => {
  const tables = new TablesState();
  const leave = figures.map((figure) => tables.draw(figure));
  const shown = () => figures.filter((figure) => tables.has(figure));
  return { tables, leave, shown };
};

test("all turn to tables unless they are, whatever single ones were", () => {
  const { tables, shown } = drawn("weeks", "months", "couple");
  tables.turn("couple");
  tables.turnAll();
  expect(shown()).toEqual(["weeks", "months", "couple"]);
  tables.turnAll();
  expect(shown()).toEqual([]);
  tables.turn("months");
  tables.turn("months");
  expect(shown()).toEqual([]);
});

test("what is not on the screen stays as it is, and comes back so", () => {
  const { tables, leave } = drawn("weeks", "couple");
  tables.turn("couple");
  leave[1]?.();
  tables.turnAll();
  tables.turnAll();
  expect([tables.has("weeks"), tables.has("couple")]).toEqual([false, true]);
});

test("a figure that is drawn twice is on the screen until both are gone", () => {
  const { tables, leave } = drawn("weeks", "weeks");
  leave[0]?.();
  tables.turnAll();
  expect(tables.has("weeks")).toBe(true);
});
