// What is being put together for others: a sitting together, kept while the person looks elsewhere,
// and the name of a partnership.
import type { PartnershipView } from "$lib/generated/PartnershipView";
import type { PlanChoice } from "$lib/generated/PlanChoice";
import type { TogetherBells } from "$lib/generated/TogetherBells";
import { dateHere, dateTyped } from "$lib/dates";
import { nameProblem } from "$lib/partners";

export const MINUTES = [5, 10, 15, 20, 30, 45, 60];

export class ProposalDraft {
  minutes = $state.raw(20);
  bells = $state.raw<TogetherBells>({ start_strikes: 3, end_strikes: 1, interval_every_s: null });
  when = $state.raw<"now" | "later">("now");
  date = $state(dateTyped(dateHere(Date.now())));
  time = $state("");

  /** @param usual what the person's own sits begin with */
  constructor(usual: PlanChoice | undefined) {
    if (usual === undefined) return;
    this.minutes = MINUTES.find((n) => n * 60 === usual.planned_s) ?? this.minutes;
    const [start_strikes, end_strikes] = [usual.start_bell.strikes, usual.end_bell.strikes];
    this.bells = { ...this.bells, start_strikes, end_strikes };
  }

  /** Other minutes; interval bells that no longer fit are left out. */
  last(minutes: number): void {
    this.minutes = minutes;
    if ((this.bells.interval_every_s ?? 0) >= minutes * 60) this.ring({ interval_every_s: null });
  }

  ring(bells: Partial<TogetherBells>): void {
    this.bells = { ...this.bells, ...bells };
  }
}

export type PartnershipName = Pick<PartnershipView, "name" | "week_start">;

export class NameDraft {
  name = $state("");
  week_start = $state.raw<PartnershipView["week_start"]>("Mon");
  /** What is wrong with the name, once it was to be sent. */
  wrong = $state.raw<string | null>(null);

  constructor(of?: PartnershipName) {
    if (of !== undefined) this.take(of);
  }

  take({ name, week_start }: PartnershipName): void {
    this.name = name;
    this.week_start = week_start;
  }

  /** Whether it can be sent; if not, `wrong` says why. */
  look(): boolean {
    this.wrong = nameProblem(this.name);
    return this.wrong === null;
  }
}
