import { afterEach, expect, test } from "vitest";
import { day, moment, number, shortDay, timeHere, weekday } from "./format";
import { language, languages, speak, writtenIn, type LanguageChoice } from "./locale.svelte";

afterEach(() => speak("en", []));

test.each<[LanguageChoice, string[], string, string]>([
  ["system", [], "en", "en-GB"],
  ["system", ["de-AT", "en-US"], "de", "de-AT"],
  ["system", ["fr-CH", "de-CH"], "de", "de-CH"],
  ["system", ["fr-FR"], "en", "en-GB"],
  ["system", ["en-US"], "en", "en-US"],
  ["system", ["en"], "en", "en-GB"],
  ["system", ["C", "not a locale", "de"], "de", "de-DE"],
  ["de", ["en-US"], "de", "de-DE"],
  ["en", ["de-DE", "en-AU"], "en", "en-AU"],
])("chosen %s, asked for %s: speaks %s, writes as in %s", (choice, wanted, spoken, written) => {
  speak(choice, wanted);
  expect([language(), writtenIn()]).toEqual([spoken, written]);
  expect(document.documentElement.lang).toBe(spoken);
});

test.each([
  ["en-GB", "Friday 20 November", "20 Nov", "12,345", "Sunday"],
  ["en-US", "Friday, November 20", "Nov 20", "12,345", "Sunday"],
  ["de-DE", "Freitag, 20. November", "20. Nov.", "12.345", "Sonntag"],
])("dates and numbers in %s", (tag, long, short, count, last) => {
  speak("system", [tag]);
  expect(day("2026-11-20", "2026-11-28")).toBe(long);
  expect(shortDay("2026-11-20")).toBe(short);
  expect(number(12345)).toBe(count);
  expect(weekday(6)).toBe(last);
});

test("the time of day has 24 hours everywhere", () => {
  const evening = new Date(2026, 10, 20, 21, 5).getTime();
  for (const tag of ["en-US", "en-GB", "de-DE"]) {
    speak("system", [tag]);
    expect(timeHere(evening)).toBe("21:05");
    expect(moment(evening, evening)).toBe("21:05");
  }
});

test("each language is named as those who speak it name it", () => {
  expect(languages()).toEqual([
    { locale: "en", name: "English" },
    { locale: "de", name: "Deutsch" },
  ]);
});
