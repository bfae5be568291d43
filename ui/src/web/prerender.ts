// The first screen of one who is not signed in, as HTML: drawn once in each language, when the page is
// built. And the words with which the server draws the first screen of one who is.
import { render } from "svelte/server";
import { day, month, weekday } from "$lib/format";
import { speak } from "$lib/locale.svelte";
import { m } from "$lib/paraglide/messages";
import { locales } from "$lib/paraglide/runtime";
import App from "./App.svelte";
import { Page } from "./page.svelte";

export { locales };

export function prerender(invited: boolean, locale: (typeof locales)[number]): string {
  speak(locale, []);
  const page = new Page();
  page.phase = "out";
  return render(App, { props: { page, invited } }).body;
}

/** The locales whose dates the server can write; of another country it writes those of the language. */
const WRITTEN = ["en", "en-US", "de"];

/** By locale, what `crates/server/src/web/first.rs` needs; values stand in braces. */
export function firstWords(): Record<string, unknown> {
  return Object.fromEntries(WRITTEN.map((tag) => [tag, wordsIn(tag)]));
}

function wordsIn(tag: string) {
  speak("system", [tag]);
  const date = day("2026-11-16", null)
    .replace(weekday(0), "{weekday}")
    .replace("16", "{day}")
    .replace(month("2026-11-16"), "{month}");
  return {
    week: m.together_week({ date }),
    weekdays: Array.from({ length: 7 }, (_, index) => weekday(index)),
    months: Array.from({ length: 12 }, (_, at) =>
      month(`2026-${String(at + 1).padStart(2, "0")}-01`),
    ),
    seconds: m.unit_s({ n: "{n}" }),
    minutes: m.unit_min({ n: "{n}" }),
    hours: m.total_h_min({ h: "{h}", min: "{min}" }),
  };
}
