import { afterEach, describe, expect, test, vi } from "vitest";
import { dateIn, dateTyped, dayHere, instantIn } from "./dates";
import { speak } from "./locale.svelte";

afterEach(() => speak("en", []));

describe("a date as it is typed", () => {
  test.each([
    ["2026-11-21", "2026-11-21"],
    [" 2026-11-21 ", "2026-11-21"],
    ["21.11.2026", "2026-11-21"],
    ["1.2.2026", "2026-02-01"],
    ["21. 11. 2026", "2026-11-21"],
    ["29.2.2026", null],
    ["2026-02-29", null],
    ["21.11.26", null],
    ["2026-11", null],
    ["soon", null],
    ["", null],
  ])("“%s” is %s", (typed, date) => {
    expect(dateIn(typed)).toBe(date);
  });

  test.each([
    ["en", "en-GB", "2026-10-05"],
    ["en", "en-US", "2026-05-10"],
    ["de", "de-DE", "2026-10-05"],
  ] as const)("with slashes it is read as %s of %s has it", (language, tag, date) => {
    speak(language, [tag]);
    expect(dateIn("5/10/2026")).toBe(date);
  });

  test("stands in a field as the locale writes it, where that is read in one way only", () => {
    speak("de", ["de-AT"]);
    expect(dateTyped("2026-11-05")).toBe("05.11.2026");
    expect(dateIn(dateTyped("2026-11-05"))).toBe("2026-11-05");
    expect(dateTyped("")).toBe("");
    speak("en", ["en-US"]);
    expect(dateTyped("2026-11-05")).toBe("2026-11-05");
  });

  test("with a time of day is an instant", () => {
    expect(instantIn("21.11.2026", "7:30")).toBe(new Date(2026, 10, 21, 7, 30).getTime());
    expect(instantIn("21.11.2026", "24:30")).toBeNull();
  });
});

describe("the day that begins at four", () => {
  afterEach(() => vi.unstubAllEnvs());

  // 25 hours in October, 23 in March: an hour that is counted is not one on the clock face.
  test.each([
    ["Europe/Berlin", "2026-10-25T01:59:00Z", "2026-10-24"],
    ["Europe/Berlin", "2026-10-25T02:59:00Z", "2026-10-24"],
    ["Europe/Berlin", "2026-10-25T03:00:00Z", "2026-10-25"],
    ["Europe/Berlin", "2026-03-29T01:59:00Z", "2026-03-28"],
    ["Europe/Berlin", "2026-03-29T02:00:00Z", "2026-03-29"],
    ["America/New_York", "2026-11-01T08:59:00Z", "2026-10-31"],
    ["America/New_York", "2026-11-01T09:00:00Z", "2026-11-01"],
    ["Europe/Berlin", "2027-01-01T02:00:00Z", "2026-12-31"],
  ])("in %s at %s is %s", (zone, instant, date) => {
    vi.stubEnv("TZ", zone);
    expect(dayHere(Date.parse(instant), 4)).toBe(date);
  });
});
