// What the window and the web page have in common when they show a partnership: names, the sits cut
// into days, and how long until a sitting together begins.
import { length, moment, shortDay, timeHere, total } from "$lib/format";
import type { Proposal } from "$lib/generated/Proposal";
import type { SittingNow } from "$lib/generated/SittingNow";
import type { TogetherPartnership } from "$lib/generated/TogetherPartnership";
import type { TogetherSit } from "$lib/generated/TogetherSit";
import { m } from "$lib/paraglide/messages";

/** As much of a member as is needed to name them. */
export interface Named {
  person_id: string;
  display_name: string;
  is_me: boolean;
}

/** `You`, the name partners see, or that they left. */
export function nameOf(members: readonly Named[], person_id: string): string {
  const member = members.find((one) => one.person_id === person_id);
  if (member === undefined) return m.together_somebody();
  return member.is_me ? m.together_you() : member.display_name;
}

/** Names in a row: `Ana, Ben and Cleo`. */
export function namesInWords(names: string[]): string {
  const last = names.at(-1) ?? "";
  if (names.length < 2) return last;
  return m.together_names({ names: names.slice(0, -1).join(", "), last });
}

/** How much of a week from that date somebody shares whose sits count from `share_since` on. */
export function sharedOf(first_date: string, share_since: string): "whole" | "part" | "none" {
  if (share_since <= first_date) return "whole";
  const next_ms = Date.parse(`${first_date}T00:00:00Z`) + 7 * 86_400_000;
  return Date.parse(`${share_since}T00:00:00Z`) < next_ms ? "part" : "none";
}

/** What is shared of a week, and since when it is less than the week. */
export function sharedSaid(
  week: { first_date: string; credited_s: number },
  share_since: string,
): string {
  const shared = sharedOf(week.first_date, share_since);
  if (shared === "none") return m.together_not_shared();
  const sat = total(week.credited_s);
  if (shared === "whole") return sat;
  return m.together_part({ total: sat, from: m.together_from({ date: shortDay(share_since) }) });
}

/** Sits that are one line: those of one sitting together, else a single one. */
export interface SitLine {
  key: string;
  sits: TogetherSit[];
}

export interface SitDay {
  local_date: string;
  lines: SitLine[];
}

/** Newest first as given; a sitting together stands where its newest sit stands. */
export function daysOf(sits: readonly TogetherSit[]): SitDay[] {
  const lines: SitLine[] = [];
  const shared = new Map<string, SitLine>();
  for (const sit of sits) {
    const known = sit.together_id ? shared.get(sit.together_id) : undefined;
    if (known !== undefined) {
      known.sits.push(sit);
      continue;
    }
    const line = { key: `${sit.person_id} ${sit.session_id}`, sits: [sit] };
    if (sit.together_id) shared.set(sit.together_id, line);
    lines.push(line);
  }
  const days = new Map<string, SitLine[]>();
  for (const line of lines) {
    const date = line.sits[0]?.local_date ?? "";
    const day = days.get(date);
    if (day === undefined) days.set(date, [line]);
    else day.push(line);
  }
  return [...days].map(([local_date, of_day]) => ({ local_date, lines: of_day }));
}

/** What stands on a line: who, and how long. */
export function lineInWords(line: SitLine, members: readonly Named[]): string {
  const [first] = line.sits;
  if (first === undefined) return "";
  const each = (sit: TogetherSit) =>
    m.together_who_long({
      name: nameOf(members, sit.person_id),
      length: length(sit.credited_s),
    });
  if (line.sits.length === 1) return each(first);
  return line.sits.every((sit) => sit.credited_s === first.credited_s)
    ? m.together_sat({ length: length(first.credited_s) })
    : m.together_sat_each({ each: line.sits.map(each).join(" · ") });
}

/** Those who still sit at `now_ms`, on the clock of their ends. */
export function sittingAt(sitting: readonly SittingNow[], now_ms: number): SittingNow[] {
  return sitting.filter((one) => (one.ends_at_ms ?? Infinity) > now_ms);
}

export function sittingIn(sitting: readonly SittingNow[], partnership_id: string): SittingNow[] {
  return sitting.filter((one) => one.partnership_id === partnership_id);
}

/** The weekly goal as a sentence's part: the one goal of all, or nothing where they differ. */
export function commonGoal_s(partnership: TogetherPartnership): number | null {
  const [first, ...rest] = partnership.members.map((member) => member.weekly_goal_s ?? null);
  return first !== undefined && rest.every((goal) => goal === first) ? first : null;
}

/** From so long before its start on, one can take a seat: the longest countdown there is. */
export const SEATS_BEFORE_MS = 5 * 60_000;
/** No proposal begins later than this. */
export const LATEST_MS = 60 * 86_400_000;

export type Stage = "later" | "soon" | "runs" | "over";

/** Where a sitting together is at `now_ms`, on the clock of its start. */
export function stageOf(proposal: Proposal, now_ms: number): Stage {
  const { starts_at_ms, planned_s } = proposal;
  if (now_ms >= starts_at_ms + planned_s * 1000) return "over";
  if (now_ms >= starts_at_ms) return "runs";
  return now_ms >= starts_at_ms - SEATS_BEFORE_MS ? "soon" : "later";
}

/** When it begins, or that it goes on: `at 19:30`, `in 4 min`, `in 25 s`, `since 19:30`. */
export function startInWords(proposal: Proposal, now_ms: number): string {
  if (stageOf(proposal, now_ms) !== "soon") return startSaid(proposal, now_ms);
  const left_s = Math.ceil((proposal.starts_at_ms - now_ms) / 1000);
  const shown_s = left_s > 60 ? Math.ceil(left_s / 60) * 60 : left_s;
  return m.together_in({ length: length(shown_s) });
}

/** The same without a countdown, for what is read aloud whenever it changes. */
export function startSaid(proposal: Proposal, now_ms: number): string {
  const { starts_at_ms } = proposal;
  switch (stageOf(proposal, now_ms)) {
    case "later":
    case "soon":
      return m.together_at({ time: moment(starts_at_ms, now_ms) });
    case "runs":
      return m.together_since({ time: timeHere(starts_at_ms) });
    case "over":
      return m.together_over();
  }
}

/** Milliseconds until what is said of these changes; `null` if it never will. */
export function untilSaidAnew(
  proposals: readonly Proposal[],
  now_ms: number,
  sitting: readonly SittingNow[] = [],
): number | null {
  const ends = sittingAt(sitting, now_ms).flatMap(({ ends_at_ms }) =>
    ends_at_ms == null ? [] : [ends_at_ms - now_ms],
  );
  const waits = proposals.flatMap((proposal) => {
    const left_ms = proposal.starts_at_ms - now_ms;
    const end_ms = left_ms + proposal.planned_s * 1000;
    if (end_ms <= 0) return [];
    if (left_ms <= 0) return [end_ms];
    if (left_ms > SEATS_BEFORE_MS) return [left_ms - SEATS_BEFORE_MS];
    const step_ms = left_ms > 60_000 ? 60_000 : 1000;
    return [left_ms % step_ms || step_ms];
  });
  const least_ms = Math.min(...waits, ...ends);
  return least_ms === Infinity ? null : least_ms;
}

/** The first dates of weeks, in a row. */
export function weeksInWords(first_dates: string[]): string {
  return namesInWords(first_dates.map(shortDay));
}
