// Scales, cells of a year, and words for what is not over.
import { describe, expect, test } from "vitest";
import type { Heat } from "$lib/generated/Heat";
import { speak } from "./locale.svelte";
import {
  barPath,
  cellsOf,
  monthsOf,
  scopeKey,
  scopeOf,
  soFar,
  timeLines,
  weekdaysFrom,
} from "./stats";

const heat: Heat = {
  level_from_s: [1, 600, 1200, 2400],
  days: [{ local_date: "2026-11-03", sits: 1, credited_s: 1200, level: 3 }],
};

describe("a scale of time", () => {
  test.each([
    [60, [60]],
    [200, [60, 120, 180, 240]],
    [3600, [900, 1800, 2700, 3600]],
    [3601, [1800, 3600, 5400]],
    [9 * 3600, [5 * 3600, 10 * 3600]],
  ])("up to %i s has lines that can be read", (most_s, lines) => {
    expect(timeLines(most_s)).toEqual(lines);
  });

  test("reaches what it shows, whatever that is, in at most four lines and a bit", () => {
    for (let most_s = 1; most_s < 1e9; most_s = Math.ceil(most_s * 1.7)) {
      const lines = timeLines(most_s);
      expect(lines.at(-1)).toBeGreaterThanOrEqual(most_s);
      expect(lines.length).toBeLessThanOrEqual(4);
    }
  });

  test("a bar lower than its shoulders stays within its height", () => {
    expect(barPath(0, 20, 98, 100)).toContain("q0,-2 2,-2");
    expect(barPath(0, 20, 0, 100)).toContain("q0,-4 4,-4");
  });
});

describe("the cells of a heatmap", () => {
  test("a day stands in the row of its weekday and the column of its week", () => {
    const cells = cellsOf(heat, { from: "2026-11-01", to: "2026-11-09" }, "2026-12-01", "Mon");
    // 1 November 2026 is a Sunday.
    expect(cells.map(({ column, row }) => [column, row])).toEqual([
      [0, 6],
      ...[0, 1, 2, 3, 4, 5, 6].map((row) => [1, row]),
      [2, 0],
    ]);
    expect(cells.filter(({ day }) => day !== null).map((cell) => cell.local_date)).toEqual([
      "2026-11-03",
    ]);
  });

  test("weeks begin on the day on which the person's weeks do", () => {
    const cells = cellsOf(heat, { from: "2026-11-01", to: "2026-11-01" }, "2026-12-01", "Sun");
    expect(cells[0]).toMatchObject({ column: 0, row: 0 });
    expect(weekdaysFrom("Sat").slice(0, 2)).toEqual(["Sat", "Sun"]);
    speak("de", ["de-DE"]);
    expect(weekdaysFrom("Tue").slice(0, 2)).toEqual(["Di", "Mi"]);
    speak("en", []);
  });

  test("a day that has not come has no cell", () => {
    const year = { from: "2026-01-01", to: "2026-12-31" };
    expect(cellsOf(heat, year, "2026-11-09", "Mon").at(-1)?.local_date).toBe("2026-11-09");
    expect(cellsOf(heat, year, "2025-12-31", "Mon")).toEqual([]);
  });

  test("a leap year has all of its days, and each month its column", () => {
    const cells = cellsOf(heat, { from: "2028-01-01", to: "2028-12-31" }, "2029-01-01", "Mon");
    expect(cells).toHaveLength(366);
    expect(monthsOf(cells)).toHaveLength(12);
  });
});

test("what is not over says so, and how much of it is", () => {
  const span = { from: "", to: "", sits: 0, credited_s: 0, days: 0 };
  expect(soFar({ ...span, of_days: 7, days_over: 7, is_over: true })).toBeNull();
  expect(soFar({ ...span, of_days: 1, days_over: 0, is_over: false })).toBe("so far");
  expect(soFar({ ...span, of_days: 7, days_over: 2, is_over: false })).toBe(
    "so far: 2 of 7 days are over",
  );
});

test("a scope has a key, and the key its scope", () => {
  for (const scope of [
    { kind: "past_year" },
    { kind: "all" },
    { kind: "year", year: 2024 },
  ] as const) {
    expect(scopeOf(scopeKey(scope))).toEqual(scope);
  }
});
