// What partners see of each other, who sits at this moment, and what is proposed. Read when it is
// told that it may have changed, and only while somebody can see it.
import { asAccountError } from "$lib/errors";
import type { AccountError } from "$lib/generated/AccountError";
import type { Activity } from "$lib/generated/Activity";
import type { JoinAnswer } from "$lib/generated/JoinAnswer";
import type { Proposal } from "$lib/generated/Proposal";
import type { ProposeArgs } from "$lib/generated/ProposeArgs";
import type { SittingNow } from "$lib/generated/SittingNow";
import type { TogetherId } from "$lib/generated/TogetherId";
import type { TogetherMember } from "$lib/generated/TogetherMember";
import type { TogetherNow } from "$lib/generated/TogetherNow";
import type { TogetherPartnership } from "$lib/generated/TogetherPartnership";
import type { TogetherSit } from "$lib/generated/TogetherSit";
import type { Port } from "$lib/port";
import { sittingAt, stageOf, untilSaidAnew } from "$lib/together";
import type { SyncState } from "./sync.svelte";

/** Weeks side by side, this one included. */
const WEEKS = 8;
/** Sits in a page of older ones. */
const PAGE = 50;
/** Timers may fire a touch early; this much later the next number is certain. */
const SLACK_MS = 4;
/** No timer waits longer: what a timer takes is bounded, a proposal may be weeks ahead. */
const LONGEST_MS = 3_600_000;

export class TogetherState {
  partnerships = $state.raw<TogetherPartnership[] | null>(null);
  now = $state.raw<TogetherNow | null>(null);
  /** The civil date by which the weeks were asked. */
  today = $state.raw<string | null>(null);
  /** Why it could not be read. */
  failure = $state.raw<AccountError | null>(null);
  /** Older sits that were scrolled to, by partnership. */
  older = $state.raw<Record<string, { sits: TogetherSit[]; has_more: boolean }>>({});
  activities = $state.raw<Activity[] | null>(null);
  /** Goes on whenever what is said of a proposal changes. */
  clock_ms = $state.raw(Date.now());

  /** There is a partnership of this account. */
  partnered = $derived((this.partnerships?.length ?? 0) > 0);
  proposals = $derived(
    (this.now?.now.proposals ?? []).filter((one) => stageOf(one, this.clock_ms) !== "over"),
  );
  sitting = $derived(sittingAt(this.now?.now.sitting ?? [], this.clock_ms));

  #watchers = 0;
  #stale = true;
  #reading: Promise<void> | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #port: Port;
  readonly #sync: SyncState;

  constructor(port: Port, sync: SyncState) {
    this.#port = port;
    this.#sync = sync;
  }

  start(): Promise<() => void> {
    return this.#port.onTogether(() => this.changed());
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  /** The totals are in sight, until the returned function is called. */
  watch(): () => void {
    this.#watchers += 1;
    this.changed();
    return () => (this.#watchers -= 1);
  }

  visibilityChanged(): void {
    if (document.hidden) clearTimeout(this.#timer);
    else if (this.#stale) this.changed();
    else this.#tick();
  }

  /** What was read may be another by now: read anew, or later where nobody sees it. */
  changed(): void {
    if (this.#sync.view?.account == null) {
      this.#forget();
      return;
    }
    this.#stale = true;
    if (document.hidden) return;
    this.#reading ??= this.#readAll().finally(() => (this.#reading = null));
  }

  /** Reads until nothing changed while it was read. */
  async #readAll(): Promise<void> {
    while (this.#stale && !document.hidden) {
      this.#stale = false;
      try {
        if (this.#watchers > 0 || this.partnerships === null) await this.#read();
        if (this.partnered) this.#receive(await this.#port.account("together_now", {}));
        this.failure = null;
      } catch (thrown) {
        this.failure = asAccountError(thrown);
      }
    }
  }

  async #read(): Promise<void> {
    const { today } = await this.#port.call("totals", {});
    const read = await this.#port.account("together", { today: today.from, weeks: WEEKS });
    if (this.#sync.view?.account == null) return;
    this.today = today.from;
    this.partnerships = read.partnerships;
    if (!this.partnered) this.now = null;
    // What was scrolled to may be private or deleted by now.
    for (const partnership_id of Object.keys(this.older)) {
      const one = read.partnerships.find((it) => it.partnership_id === partnership_id);
      if (one !== undefined) await this.#readOlder(one, this.older[partnership_id]?.sits.length);
    }
  }

  /** Nothing of one account is shown in another. */
  #forget(): void {
    clearTimeout(this.#timer);
    this.partnerships = null;
    this.now = null;
    this.failure = null;
    this.older = {};
    this.activities = null;
  }

  #receive(now: TogetherNow): void {
    if (this.#sync.view?.account == null) return;
    this.now = now;
    this.#tick();
  }

  #tick(): void {
    clearTimeout(this.#timer);
    this.clock_ms = Date.now();
    if (document.hidden) return;
    const { proposals = [], sitting = [] } = this.now?.now ?? {};
    const wait_ms = untilSaidAnew(proposals, this.clock_ms, sitting);
    if (wait_ms === null) return;
    this.#timer = setTimeout(() => this.#tick(), Math.min(wait_ms, LONGEST_MS) + SLACK_MS);
  }

  /** The sits of a partnership as far as they were read. */
  sitsOf(partnership: TogetherPartnership): { sits: TogetherSit[]; has_more: boolean } {
    const older = this.older[partnership.partnership_id];
    if (older === undefined) return { sits: partnership.sits, has_more: partnership.has_more_sits };
    const newest = new Set(partnership.sits.map((sit) => sit.person_id + sit.session_id));
    const rest = older.sits.filter((sit) => !newest.has(sit.person_id + sit.session_id));
    return { sits: [...partnership.sits, ...rest], has_more: older.has_more };
  }

  /** Reads a page after the last sit. */
  async more(partnership: TogetherPartnership): Promise<void> {
    const { partnership_id } = partnership;
    const { sits } = this.sitsOf(partnership);
    const page = await this.#page(partnership_id, sits.at(-1), PAGE);
    const known = this.older[partnership_id]?.sits ?? [];
    const older = { sits: [...known, ...page.sits], has_more: page.has_more };
    this.older = { ...this.older, [partnership_id]: older };
  }

  async #readOlder(partnership: TogetherPartnership, count = 0): Promise<void> {
    if (count === 0) return;
    const { partnership_id } = partnership;
    const limit = Math.min(count, 4 * PAGE);
    const page = await this.#page(partnership_id, partnership.sits.at(-1), limit);
    this.older = { ...this.older, [partnership_id]: page };
  }

  #page(partnership_id: string, last: TogetherSit | undefined, limit: number) {
    return this.#port.account("together_sits", {
      partnership_id,
      before_ms: last?.started_at_ms ?? null,
      before_session_id: last?.session_id ?? null,
      limit,
    });
  }

  async readActivity(): Promise<void> {
    this.activities = (await this.#port.account("activity", {})).activities;
  }

  /** Who is me in the partnership of a proposal. */
  me(partnership_id: string): TogetherMember | undefined {
    const one = this.partnerships?.find((it) => it.partnership_id === partnership_id);
    return one?.members.find((member) => member.is_me);
  }

  membersOf(partnership_id: string): TogetherMember[] {
    return this.partnerships?.find((it) => it.partnership_id === partnership_id)?.members ?? [];
  }

  answerOf(proposal: Proposal): JoinAnswer | null {
    const me = this.me(proposal.partnership_id)?.person_id;
    return proposal.answers.find((one) => one.person_id === me)?.answer ?? null;
  }

  /** Partners who are sitting, each once. */
  others(): SittingNow[] {
    const seen = new Set<string>();
    return this.sitting.filter((one) => {
      const mine = this.me(one.partnership_id)?.person_id === one.person_id;
      if (mine || seen.has(one.person_id)) return false;
      seen.add(one.person_id);
      return true;
    });
  }

  /** By name, who else is in a sitting together. */
  companyOf(together_id: TogetherId): string[] {
    const proposal = this.now?.now.proposals.find((one) => one.together_id === together_id);
    const joined = proposal?.answers.filter((one) => one.answer === "joined") ?? [];
    const sitting = this.sitting.filter((one) => one.together_id === together_id);
    const members = this.membersOf(
      proposal?.partnership_id ?? sitting[0]?.partnership_id ?? "",
    ).filter((member) => !member.is_me);
    return members
      .filter(({ person_id }) => [...joined, ...sitting].some((one) => one.person_id === person_id))
      .map((member) => member.display_name);
  }

  async propose(args: ProposeArgs): Promise<Proposal> {
    const made = await this.#port.account("propose", args);
    this.changed();
    return made;
  }

  async answer(together_id: TogetherId, answer: JoinAnswer): Promise<void> {
    try {
      const { answers } = await this.#port.account("answer_proposal", { together_id, answer });
      this.#patch(together_id, answers);
    } finally {
      this.changed();
    }
  }

  /** What was answered is shown at once: no button asks for it again until it is read. */
  #patch(together_id: TogetherId, answers: Proposal["answers"]): void {
    if (this.now === null) return;
    const { now } = this.now;
    const proposals = now.proposals.map((one) =>
      one.together_id === together_id ? { ...one, answers } : one,
    );
    this.now = { ...this.now, now: { ...now, proposals } };
  }

  async withdraw(together_id: TogetherId): Promise<void> {
    this.#receive(await this.#port.account("cancel_proposal", { together_id }));
  }
}
