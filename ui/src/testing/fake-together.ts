// What the fake server knows of partners' sits, of who sits now, and of sittings together.
import type { Activity } from "$lib/generated/Activity";
import type { Proposal } from "$lib/generated/Proposal";
import type { SittingNow } from "$lib/generated/SittingNow";
import type { TogetherMember } from "$lib/generated/TogetherMember";
import type { TogetherNow } from "$lib/generated/TogetherNow";
import type { TogetherPartnership } from "$lib/generated/TogetherPartnership";
import type { TogetherSit } from "$lib/generated/TogetherSit";
import type { TogetherWeek } from "$lib/generated/TogetherWeek";
import type { WeekTotal } from "$lib/generated/WeekTotal";
import type { AccountArgs, AccountReply } from "$lib/port";
import type { FakePartners } from "./fake-partners";
import { refused } from "./fake-partners";
import { DAY_MS, dateOf, idOf, OFFSET_S } from "./rows";

type Name =
  | ("together" | "together_sits" | "together_now" | "propose" | "answer_proposal")
  | ("cancel_proposal" | "seat" | "activity");
type Handlers = { [K in Name]: (args: AccountArgs<K>) => AccountReply<K> };

export const ANNA_ID = idOf(8001);
export const CLEO_ID = idOf(8002);
/** As much as the server lets pass before a sitting together that begins at once. */
export const LEAD_MS = 30_000;
const SHOWN = 5;

const MINUTES: [string, number[]][] = [
  [ANNA_ID, [56, 76, 124, 131, 126, 46, 42, 125]],
  [CLEO_ID, [115, 99, 27, 133, 139, 45, 143, 100]],
];

/** Eight weeks up to this one, from Mondays. */
function weeks(minutes: number[], now_ms: number): WeekTotal[] {
  const today_ms = Date.parse(`${dateOf(now_ms)}T00:00:00Z`);
  const monday_ms = today_ms - ((new Date(today_ms).getUTCDay() + 6) % 7) * DAY_MS;
  return minutes.map((n, index) => ({
    first_date: new Date(monday_ms - (7 - index) * 7 * DAY_MS).toISOString().slice(0, 10),
    sits: Math.ceil(n / 25),
    credited_s: n * 60,
  }));
}

/** Of one that is not known there is no sum. */
function sumOf(all: (WeekTotal | undefined)[]): Omit<TogetherWeek, "first_date"> {
  const known = all.filter((one) => one !== undefined);
  if (known.length < all.length) return {};
  return {
    sits: known.reduce((sum, one) => sum + one.sits, 0),
    credited_s: known.reduce((sum, one) => sum + one.credited_s, 0),
  };
}

export class FakeTogether {
  sits: TogetherSit[] = [];
  sitting: SittingNow[] = [];
  proposals: Proposal[] = [];
  activities: Activity[] = [];
  /** Over the member of that id. */
  members: Record<string, Partial<TogetherMember>> = {};
  compared: TogetherPartnership["compared"] = { kind: "pending" };

  readonly #partners: FakePartners;
  #made = 8500;

  constructor(partners: FakePartners) {
    this.#partners = partners;
  }

  /** Some days of sits, one of them together, one with words, one on the way. */
  fill(now_ms: number): void {
    const at = (n: number, person_id: string, ago_ms: number, credited_s: number): TogetherSit => ({
      person_id,
      session_id: idOf(8600 + n),
      started_at_ms: now_ms - ago_ms,
      utc_offset_s: OFFSET_S,
      local_date: dateOf(now_ms - ago_ms),
      credited_s,
      is_on_the_way: false,
    });
    const H = 3_600_000;
    const together_id = idOf(8400);
    this.sits = [
      { ...at(1, ANNA_ID, 2 * H, 1500), is_on_the_way: true },
      { ...at(2, ANNA_ID, 5 * H, 1200), together_id },
      { ...at(3, CLEO_ID, 5 * H, 1200), together_id },
      { ...at(4, CLEO_ID, 15 * H, 1500), note: "the window open, first snow", label: "Evening" },
      at(5, ANNA_ID, 29 * H, 1800),
      at(6, CLEO_ID, 54 * H, 2700),
      at(7, ANNA_ID, 77 * H, 1200),
    ];
    this.members = {
      [ANNA_ID]: {
        weekly_goal_s: 9000,
        share_since: "2026-06-01",
        private: { sits: 1, credited_s: 1500 },
        on_the_way: 1,
      },
      [CLEO_ID]: { weekly_goal_s: 9000, share_since: "2026-06-01", as_of_ms: now_ms - 900_000 },
    };
    this.compared = { kind: "equal", compared_at_ms: now_ms - 12 * 60_000 };
    this.activities = [
      { happened_at_ms: now_ms - H, kind: "sitting_shown", partnership_name: "Morning room" },
      { happened_at_ms: now_ms - 30 * H, kind: "signed_in", device_name: "Kitchen laptop" },
    ];
  }

  /** Cleo proposes to sit, so long from now. */
  propose(in_ms: number, planned_s = 1200): Proposal {
    this.#made += 1;
    const proposal: Proposal = {
      together_id: idOf(this.#made),
      partnership_id: idOf(8000),
      proposed_by: CLEO_ID,
      starts_at_ms: Date.now() + in_ms,
      planned_s,
      bells: { start_strikes: 3, end_strikes: 1, interval_every_s: null },
      answers: [{ person_id: CLEO_ID, answer: "joined" }],
    };
    this.proposals.push(proposal);
    return proposal;
  }

  #view(of: FakePartners["list"][number], now_ms: number): TogetherPartnership {
    const none = Array.from({ length: 8 }, () => 0);
    const members = of.members.map((member): TogetherMember => {
      const known = MINUTES.find(([person_id]) => person_id === member.person_id)?.[1];
      return {
        ...member,
        weeks: weeks((this.sits.length > 0 ? known : undefined) ?? none, now_ms),
        private: null,
        on_the_way: 0,
        as_of_ms: null,
        ...this.members[member.person_id],
      };
    });
    return {
      partnership_id: of.partnership_id,
      name: of.name,
      week_start: of.week_start,
      members,
      weeks: weeks(none, now_ms).map((week, index) => ({
        first_date: week.first_date,
        ...sumOf(members.map((one) => one.weeks?.[index])),
      })),
      sits: this.sits.slice(0, SHOWN),
      has_more_sits: this.sits.length > SHOWN,
      compared: this.compared,
    };
  }

  #one(together_id: string): Proposal {
    const one = this.proposals.find((it) => it.together_id === together_id);
    if (one === undefined) throw refused("no_such_proposal");
    return one;
  }

  #now(): TogetherNow {
    const now = { now_ms: Date.now(), sitting: this.sitting, proposals: this.proposals };
    return { now, is_live: true, clock_error_ms: 8 };
  }

  readonly commands: Handlers = {
    together: () => ({
      partnerships: this.#partners.list.map((one) => this.#view(one, Date.now())),
    }),
    together_sits: ({ before_session_id, limit }) => {
      const from = this.sits.findIndex((sit) => sit.session_id === before_session_id) + 1;
      const sits = this.sits.slice(from, from + limit);
      return { sits, has_more: from + limit < this.sits.length };
    },
    together_now: () => this.#now(),
    propose: ({ starts_at_ms, planned_s, bells }) => {
      const made = this.propose((starts_at_ms ?? Date.now() + LEAD_MS) - Date.now(), planned_s);
      made.proposed_by = ANNA_ID;
      made.bells = bells;
      made.answers = [{ person_id: ANNA_ID, answer: "joined" }];
      return made;
    },
    answer_proposal: ({ together_id, answer }) => {
      const one = this.#one(together_id);
      const others = one.answers.filter((it) => it.person_id !== ANNA_ID);
      one.answers = [...others, { person_id: ANNA_ID, answer }];
      return one;
    },
    cancel_proposal: ({ together_id }) => {
      const one = this.#one(together_id);
      this.proposals = this.proposals.filter((it) => it !== one);
      return this.#now();
    },
    seat: ({ together_id }) => {
      const { starts_at_ms, planned_s, bells } = this.#one(together_id);
      const starts_at_boot_ms = Math.round(performance.now() + starts_at_ms - Date.now());
      return { together_id, starts_at_boot_ms, planned_s, bells };
    },
    activity: () => ({ activities: this.activities }),
  };
}
