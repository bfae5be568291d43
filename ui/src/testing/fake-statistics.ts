// Statistics of a fake history, counted sit by sit: for tests and previews.
import type { ScopeStatistics } from "$lib/generated/ScopeStatistics";
import type { SessionView } from "$lib/generated/SessionView";
import type { Settings } from "$lib/generated/Settings";
import type { Statistics } from "$lib/generated/Statistics";
import type { StatisticsScope } from "$lib/generated/StatisticsScope";
import type { StatisticsSpan } from "$lib/generated/StatisticsSpan";
import { DAY_MS, dateOf } from "./rows";

const at = (date: string) => Date.parse(`${date}T00:00:00Z`);
const on = (ms: number) => new Date(ms).toISOString().slice(0, 10);
const plus = (date: string, days: number) => on(at(date) + days * DAY_MS);
const sum = (sits: SessionView[]) => sits.reduce((all, sit) => all + sit.credited_s, 0);

function spanOf(sits: SessionView[], from: string, to: string, today: string): StatisticsSpan {
  const within = sits.filter((sit) => sit.local_date >= from && sit.local_date <= to);
  const of_days = (at(to) - at(from)) / DAY_MS + 1;
  const days_over = Math.min(of_days, Math.max(0, (at(today) - at(from)) / DAY_MS));
  const days = new Set(within.map((sit) => sit.local_date)).size;
  const credited_s = sum(within);
  return {
    from,
    to,
    of_days,
    days_over,
    is_over: to < today,
    sits: within.length,
    credited_s,
    days,
  };
}

function monthOf(today: string, back: number): [string, string] {
  const [year, month] = today.split("-").map(Number);
  const first = new Date(Date.UTC(year ?? 0, (month ?? 1) - 1 - back, 1));
  const last = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0));
  return [on(first.getTime()), on(last.getTime())];
}

function datesOf(scope: StatisticsScope, sits: SessionView[], week: string, today: string) {
  if (scope.kind === "year") return [`${scope.year}-01-01`, `${scope.year}-12-31`] as const;
  const dates = sits.map((sit) => sit.local_date).toSorted();
  if (scope.kind === "all") return [dates[0] ?? today, today] as const;
  return [plus(week, -52 * 7), today] as const;
}

function heatOf(sits: SessionView[]): ScopeStatistics["heat"] {
  const level_from_s: [number, number, number, number] = [1, 600, 1200, 2400];
  const dates = [...new Set(sits.map((sit) => sit.local_date))].toSorted();
  const days = dates.map((local_date) => {
    const of_day = sits.filter((sit) => sit.local_date === local_date);
    const credited_s = sum(of_day);
    const level = level_from_s.filter((from_s) => credited_s >= from_s).length;
    return { local_date, sits: of_day.length, credited_s, level };
  });
  return { level_from_s, days };
}

function scopeOf(
  of: StatisticsScope,
  sits: SessionView[],
  week: string,
  today: string,
): ScopeStatistics {
  const [from, to] = datesOf(of, sits, week, today);
  const total = spanOf(sits, from, to, today);
  const within = sits.filter((sit) => sit.local_date >= from && sit.local_date <= to);
  const hourOf = (sit: SessionView) =>
    new Date(sit.started_at_ms + sit.utc_offset_s * 1000).getUTCHours();
  const hours = Array.from({ length: 24 }, (_, hour) => {
    const begun = within.filter((sit) => hourOf(sit) === hour);
    return { hour, sits: begun.length, credited_s: sum(begun) };
  });
  const labels = [...new Set(within.map((sit) => sit.words.label))]
    .map((label) => {
      const under = within.filter((sit) => sit.words.label === label);
      return { label, sits: under.length, credited_s: sum(under) };
    })
    .toSorted((a, b) => b.credited_s - a.credited_s);
  const over = within.filter((sit) => sit.local_date < today);
  const first = sits.map((sit) => sit.local_date).toSorted()[0] ?? today;
  const days = (at(today) - at(first > from ? first : from)) / DAY_MS;
  const longest = within.toSorted((a, b) => b.credited_s - a.credited_s)[0];
  return {
    of,
    total,
    heat: total.of_days <= 371 ? heatOf(within) : null,
    hours,
    labels,
    average_sit_s: within.length === 0 ? null : Math.floor(total.credited_s / within.length),
    average_day_s: days < 1 ? null : Math.floor(sum(over) / days),
    longest:
      longest === undefined
        ? null
        : { credited_s: longest.credited_s, local_date: longest.local_date },
  };
}

/** As of `now_ms`, weeks from Monday. */
export function statisticsOf(
  all: SessionView[],
  settings: Settings,
  scope: StatisticsScope,
  now_ms: number,
): Statistics {
  const sits = all.filter((sit) => sit.state === "completed" && !sit.deleted);
  const today = dateOf(now_ms);
  const into = (new Date(at(today)).getUTCDay() + 6) % 7;
  const week = plus(today, -into);
  const span = (from: string, to: string) => spanOf(sits, from, to, today);
  const weeks = Array.from({ length: 12 }, (_, n) => {
    const from = plus(week, (n - 11) * 7);
    return span(from, plus(from, 6));
  });
  const months = Array.from({ length: 12 }, (_, n) => span(...monthOf(today, 11 - n)));
  const dates = sits.map((sit) => sit.local_date).toSorted();
  const this_week = span(week, plus(week, 6));
  const goal_s = settings.weekly_goal_s;
  return {
    week_start: "Mon",
    today: span(today, today),
    week: this_week,
    week_before_until_now: span(plus(week, -7), plus(week, -7 + into)),
    goal:
      goal_s === null
        ? null
        : {
            weekly_goal_s: goal_s,
            of: { kind: "own" },
            week: this_week,
            left_s: Math.max(0, goal_s - this_week.credited_s),
          },
    month: span(...monthOf(today, 0)),
    all: span(dates[0] ?? today, dates.at(-1) ?? today),
    weeks,
    months,
    years: [...new Set(dates.map((date) => date.slice(0, 4)))].map((year) =>
      span(`${year}-01-01`, `${year}-12-31`),
    ),
    streak: settings.show_streak ? { days: 12, longest_days: 40 } : null,
    scope: scopeOf(scope, sits, week, today),
  };
}
