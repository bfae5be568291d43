import { expect, test } from "vitest";
import { dayLasts_ms, today, weekOf } from "./today";

test("before four in the morning it is still the evening before", () => {
  expect(today(new Date(2026, 10, 28, 3, 59).getTime())).toBe("2026-11-27");
  expect(today(new Date(2026, 10, 28, 4, 0).getTime())).toBe("2026-11-28");
  expect(today(new Date(2027, 0, 1, 1, 0).getTime())).toBe("2026-12-31");
});

test("a date lasts until the next four in the morning", () => {
  const check = (at: Date, next: Date) =>
    expect(dayLasts_ms(at.getTime())).toBe(next.getTime() - at.getTime());
  check(new Date(2026, 10, 28, 3, 59), new Date(2026, 10, 28, 4, 0));
  check(new Date(2026, 10, 28, 4, 0), new Date(2026, 10, 29, 4, 0));
  check(new Date(2026, 11, 31, 23, 30), new Date(2027, 0, 1, 4, 0));
});

test.each([
  ["2026-11-28", "Mon", "2026-11-23"],
  ["2026-11-23", "Mon", "2026-11-23"],
  ["2026-11-22", "Mon", "2026-11-16"],
  ["2026-11-28", "Sun", "2026-11-22"],
  ["2026-11-28", "Sat", "2026-11-28"],
  ["2027-01-01", "Mon", "2026-12-28"],
])("%s lies in the week from %s of %s", (date, week_start, first) => {
  expect(weekOf(date, week_start)).toBe(first);
});
