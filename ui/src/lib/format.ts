// Lengths, days and times of day as a person reads them.
import { writtenIn } from "$lib/locale.svelte";
import { m } from "$lib/paraglide/messages";

const DAY_MS = 86_400_000;
const two = (n: number) => String(n).padStart(2, "0");

/** `07:26`, or `1:07:26` from an hour on. */
export function clock(seconds: number): string {
  const h = Math.floor(seconds / 3600);
  const min = Math.floor((seconds % 3600) / 60);
  const rest = `${two(min)}:${two(seconds % 60)}`;
  return h > 0 ? `${h}:${rest}` : rest;
}

/** Exactly: `20 min`, `19 min 50 s`, `1 h 05 min`, `45 s`. */
export function length(seconds: number): string {
  const h = Math.floor(seconds / 3600);
  const min = Math.floor((seconds % 3600) / 60);
  const s = seconds % 60;
  const parts: string[] = [];
  if (h > 0) parts.push(m.unit_h({ n: h }));
  if (min > 0) parts.push(m.unit_min({ n: h > 0 ? two(min) : min }));
  if (s > 0 || parts.length === 0) parts.push(m.unit_s({ n: s }));
  return parts.join(" ");
}

/** A total, to the minute: `2 h 05`, `45 min`; below a minute in seconds. */
export function total(seconds: number): string {
  if (seconds > 0 && seconds < 60) return m.unit_s({ n: seconds });
  const h = Math.floor(seconds / 3600);
  const min = Math.floor((seconds % 3600) / 60);
  return h > 0 ? m.total_h_min({ h, min: two(min) }) : m.unit_min({ n: min });
}

/** Time of day at the place of the sit: `21:20`. In 24 hours everywhere, as times are typed. */
export function timeAt(unix_ms: number, utc_offset_s: number): string {
  return timeIn(unix_ms + utc_offset_s * 1000, "UTC");
}

/** Time of day here and now: `21:40`. */
export function timeHere(unix_ms: number): string {
  return timeIn(unix_ms, undefined);
}

function timeIn(unix_ms: number, timeZone: string | undefined): string {
  return new Intl.DateTimeFormat(writtenIn(), {
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
    ...(timeZone === undefined ? {} : { timeZone }),
  }).format(unix_ms);
}

function civil(local_date: string): number {
  return Date.parse(`${local_date}T00:00:00Z`);
}

function date(unix_ms: number, options: Intl.DateTimeFormatOptions): string {
  const locale = writtenIn();
  const said = new Intl.DateTimeFormat(locale, { timeZone: "UTC", ...options }).format(unix_ms);
  // `Friday 20 November` stands well within an English sentence; other languages keep their commas.
  return locale === "en-GB" ? said.replace(",", "") : said;
}

/** `Today`, `Yesterday`, `Friday 20 November`, with the year where it is not this one. */
export function day(local_date: string, today: string | null): string {
  const at = civil(local_date);
  if (today !== null) {
    const back = Math.round((civil(today) - at) / DAY_MS);
    if (back === 0) return m.today();
    if (back === 1) return m.yesterday();
  }
  return date(at, {
    weekday: "long",
    day: "numeric",
    month: "long",
    ...yearOf(local_date, today ?? local_date),
  });
}

/** A year is said where it is not that of today, or where today is not known. */
function yearOf(local_date: string, today: string | null): Intl.DateTimeFormatOptions {
  return local_date.slice(0, 4) === today?.slice(0, 4) ? {} : { year: "numeric" };
}

/** `Friday 20 November`, `Sunday 10 January 2016`: a date as it stands within a sentence. */
export function dateSaid(local_date: string, today: string | null): string {
  const year = yearOf(local_date, today);
  return date(civil(local_date), { weekday: "long", day: "numeric", month: "long", ...year });
}

/** The day on which an instant fell at the place of the sit: `Friday 20 November`. */
export function dayAt(unix_ms: number, utc_offset_s: number): string {
  return date(unix_ms + utc_offset_s * 1000, {
    weekday: "long",
    day: "numeric",
    month: "long",
  });
}

/** `November`. */
export function month(local_date: string): string {
  return date(civil(local_date), { month: "long" });
}

/** `Nov`. */
export function monthShort(local_date: string): string {
  return date(civil(local_date), { month: "short" });
}

/** `Friday`. */
export function weekdayOf(local_date: string): string {
  return date(civil(local_date), { weekday: "long" });
}

/** `16 Nov`. */
export function shortDay(local_date: string): string {
  return date(civil(local_date), { day: "numeric", month: "short" });
}

/** `16 Nov`, `10 Jan 2016`: the same where it may be long ago. */
export function shortDate(local_date: string, today: string | null): string {
  const year = yearOf(local_date, today);
  return date(civil(local_date), { day: "numeric", month: "short", ...year });
}

const monday = Date.UTC(2024, 0, 1);
/** The name of a weekday, 0 is Monday. */
export function weekday(index: number): string {
  return date(monday + index * DAY_MS, { weekday: "long" });
}

/** The same, short as the language has it: `Fri`, `Fr`. */
export function weekdayShort(index: number): string {
  return date(monday + index * DAY_MS, { weekday: "short" });
}

/** An instant here: `14:02` today, before that with its day: `19 Nov, 14:02`, and with another year. */
export function moment(unix_ms: number, now_ms = Date.now()): string {
  const here = (ms: number, options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(writtenIn(), options).format(ms);
  const on: Intl.DateTimeFormatOptions = { day: "numeric", month: "short", year: "numeric" };
  const time = timeHere(unix_ms);
  if (here(unix_ms, on) === here(now_ms, on)) return time;
  const year = here(unix_ms, { year: "numeric" });
  const isThisYear = year === here(now_ms, { year: "numeric" });
  const day = here(unix_ms, isThisYear ? { day: "numeric", month: "short" } : on);
  return m.day_and_time({ day, time });
}

/** An instant to come, here: `Monday 30 November, 07:00`. */
export function instant(unix_ms: number, timeZone?: string): string {
  const locale = writtenIn();
  const said = new Intl.DateTimeFormat(locale, {
    weekday: "long",
    day: "numeric",
    month: "long",
    timeZone,
  }).format(unix_ms);
  const day = locale === "en-GB" ? said.replace(",", "") : said;
  return m.day_and_time({ day, time: timeIn(unix_ms, timeZone) });
}

/** A count with its thousands apart: `1,204`. */
export function number(n: number): string {
  return new Intl.NumberFormat(writtenIn()).format(n);
}

/** The size of a file: `12 kB`, `3.4 MB`. */
export function size(bytes: number): string {
  const mega = bytes >= 1e6;
  return new Intl.NumberFormat(writtenIn(), {
    style: "unit",
    unit: mega ? "megabyte" : "kilobyte",
    maximumFractionDigits: mega ? 1 : 0,
  }).format(Math.max(bytes / (mega ? 1e6 : 1e3), mega ? 0 : 1));
}
