// The civil date as the app counts days: what is before four in the morning is the evening before.

const DAY_START_H = 4;

/** The date here and now. */
export function today(now_ms = Date.now()): string {
  const at = new Date(now_ms);
  at.setHours(at.getHours() - DAY_START_H);
  const two = (n: number) => String(n).padStart(2, "0");
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}

/** How long this date still lasts. */
export function dayLasts_ms(now_ms = Date.now()): number {
  const next = new Date(now_ms);
  next.setHours(next.getHours() - DAY_START_H);
  next.setHours(24 + DAY_START_H, 0, 0, 0);
  return next.getTime() - now_ms;
}

const DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/** The first date of the week that a date lies in. */
export function weekOf(date: string, week_start: string): string {
  const at = new Date(`${date}T00:00:00Z`);
  const into = ((at.getUTCDay() + 6) % 7) - DAYS.indexOf(week_start);
  at.setUTCDate(at.getUTCDate() - ((into + 7) % 7));
  return at.toISOString().slice(0, 10);
}
