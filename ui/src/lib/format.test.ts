import { expect, test } from "vitest";
import { clock, day, length, month, timeAt, total, weekday, dateSaid, shortDate } from "./format";

test.each([
  [0, "00:00"],
  [446, "07:26"],
  [3599, "59:59"],
  [3600, "1:00:00"],
  [86_400, "24:00:00"],
])("%i s on the dial is %s", (seconds, expected) => expect(clock(seconds)).toBe(expected));

test.each([
  [0, "0 s"],
  [45, "45 s"],
  [1200, "20 min"],
  [1190, "19 min 50 s"],
  [3900, "1 h 05 min"],
  [3601, "1 h 1 s"],
])("%i s exactly is %s", (seconds, expected) => expect(length(seconds)).toBe(expected));

test.each([
  [0, "0 min"],
  [30, "30 s"],
  [2760, "46 min"],
  [7500, "2 h 05"],
  [1_000_000, "277 h 46"],
])("a total of %i s is %s", (seconds, expected) => expect(total(seconds)).toBe(expected));

test("a time of day is that of the place where it was sat", () => {
  const noon_utc = Date.UTC(2026, 10, 20, 12, 5);
  expect(timeAt(noon_utc, 0)).toBe("12:05");
  expect(timeAt(noon_utc, 19_800)).toBe("17:35");
  expect(timeAt(noon_utc, -36_000)).toBe("02:05");
});

test.each([
  ["2026-11-21", "2026-11-21", "Today"],
  ["2026-11-20", "2026-11-21", "Yesterday"],
  ["2026-02-28", "2026-03-01", "Yesterday"],
  ["2026-11-19", "2026-11-21", "Thursday 19 November"],
  ["2025-12-31", "2026-01-02", "Wednesday 31 December 2025"],
  ["2024-02-29", null, "Thursday 29 February"],
])("%s seen on %s is %s", (date, today, expected) => expect(day(date, today)).toBe(expected));

test.each([
  ["2026-11-21", "2026-11-21", "Saturday 21 November", "21 Nov"],
  ["2016-01-10", "2026-11-21", "Sunday 10 January 2016", "10 Jan 2016"],
  ["2026-01-10", null, "Saturday 10 January 2026", "10 Jan 2026"],
])("%s said on %s is %s, in short %s", (date, today, said, short) => {
  expect(dateSaid(date, today)).toBe(said);
  expect(shortDate(date, today)).toBe(short);
});

test("months and weekdays have names", () => {
  expect(month("2026-11-01")).toBe("November");
  expect([0, 6].map(weekday)).toEqual(["Monday", "Sunday"]);
});
