// The language that is spoken, and how it writes dates and numbers. Messages ask for it whenever they
// are drawn, so that what stands on the screen changes with it.
import { isLocale, locales, overwriteGetLocale, type Locale } from "$lib/paraglide/runtime";

/** A language, or what the system or the browser asks for. */
export type LanguageChoice = "system" | Locale;

/** How dates are written where no country is known: with days before months, as most do. */
const USUAL: Record<Locale, string> = { en: "en-GB", de: "de-DE" };

let spoken = $state.raw<Locale>("en");
let written = $state.raw(USUAL.en);
overwriteGetLocale(() => spoken);

/** The language that is spoken. */
export const language = (): Locale => spoken;

/** The locale, as BCP 47 has it, in which dates and numbers are written: in the language spoken. */
export const writtenIn = (): string => written;

/** From now on in the language chosen; `wanted` are the locales that a person asks for, best first. */
export function speak(choice: LanguageChoice, wanted: readonly string[]): void {
  const asked = wanted.flatMap(canonical);
  spoken = choice === "system" ? (asked.map(languageOf).find(isLocale) ?? "en") : choice;
  written = asked.find((tag) => languageOf(tag) === spoken && tag !== spoken) ?? USUAL[spoken];
  if (typeof document !== "undefined") document.documentElement.lang = spoken;
}

/** The languages there are, each by its own name: whoever looks for theirs need not read another. */
export const languages = (): { locale: Locale; name: string }[] =>
  locales.map((locale) => {
    const names = new Intl.DisplayNames([locale], { type: "language" });
    return { locale, name: names.of(locale) ?? locale };
  });

function canonical(tag: string): string[] {
  try {
    return Intl.getCanonicalLocales(tag);
  } catch {
    // Not a locale, as a system without one says it (`C`).
    return [];
  }
}

const languageOf = (tag: string): string => tag.split("-", 1)[0] ?? "";

/** The locales a person asks for: that of the system, where the window was told it, then the browser's. */
export function wantedHere(): string[] {
  const told = new URLSearchParams(location.search).get("locale");
  return [...(told === null ? [] : [told]), ...navigator.languages];
}
