// What the page knows: who is signed in, what partners sat, what goes on. Read from the server when it
// says that something is other, and after every own change.

import { getContext, setContext } from "svelte";
import type { Now } from "$lib/generated/Now";
import type { Together } from "$lib/generated/Together";
import { untilSaidAnew } from "$lib/together";
import { Refused, api, type Account, type Begin, type SignedIn } from "./api";
import { Live } from "./live";
import { dayLasts_ms, today, weekOf } from "./today";
import { forgetWaiting, isLetIn, keepWaiting, waitingOf, type Waiting } from "./waiting";

/** Where one is: not known yet, at the door, inside, or inside with a sign-in that counts no more. */
export type Phase = "unknown" | "out" | "in" | "again";
export const PLACES = ["week", "history", "sharing", "account"] as const;
export type Place = (typeof PLACES)[number];

const SIGNED_IN = "mitta-signed-in";
/** With no stream for so long, nobody is said to be sitting: as long as a sign of sitting counts. */
const CUT_OFF_MS = 120_000;

export class Page {
  phase = $state.raw<Phase>("unknown");
  account = $state.raw<Account | null>(null);
  together = $state.raw<Together | null>(null);
  now = $state.raw<Now | null>(null);
  today = $state.raw(today());
  /** The clock of the server, as far as it is drawn. */
  now_ms = $state.raw(Date.now());
  place = $state.raw<Place>("week");
  /** Of the link that led here, until it is accepted or put aside. */
  invite = $state.raw<string | null>(null);
  /** Shown until the person has it. */
  recovery_code = $state.raw<string | null>(null);
  /** What was accepted and waits for the inviter. */
  waiting = $state.raw<Waiting | null>(null);
  /** Whether the server tells what happens. */
  is_live = $state.raw(false);
  /** Why the page could not be read, until it could. */
  failed = $state.raw<Refused | null>(null);
  /** Counts the server's word that members or invites are others. */
  membership_told = $state.raw(0);
  /** For screen readers. */
  announcement = $state.raw("");

  /** Whether what goes on was not heard of for too long to be said. */
  #is_cut_off = $state.raw(false);
  /** Who sits, as far as that is still known. */
  readonly sitting = $derived(
    this.#is_cut_off
      ? []
      : (this.now?.sitting ?? []).filter((one) => (one.ends_at_ms ?? Infinity) > this.now_ms),
  );

  readonly #live: Live;
  readonly #stale = new Set<"together" | "now">();
  #reading = false;
  #skew_ms = 0;
  /** When what goes on was last known to be right, where no stream is open. */
  #known_at_ms = Date.now();
  /** Whether all that is shown was drawn by the server a moment ago. */
  #is_fresh = false;
  /** Counts up when what one person sees is forgotten: what was asked before is not theirs any more. */
  #visit = 0;
  #tick: ReturnType<typeof setTimeout> | undefined;
  #next_day: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    this.#live = new Live({
      event: (name) => {
        if (name === "membership") this.membership_told += 1;
        this.#refresh(...(name === "now" ? (["now"] as const) : (["together", "now"] as const)));
      },
      open: (open) => this.#opened(open),
      refused: () => this.#signInAgain(),
    });
  }

  /** Begins with what the server drew into the page; `null` where it drew nothing. */
  begin(begun: Begin | null, is_out: boolean): void {
    this.#readAddress();
    addEventListener("hashchange", () => this.#readAddress());
    document.addEventListener("visibilitychange", () => {
      this.#followDay();
      this.#followClock();
    });
    if (begun !== null) {
      this.account = begun.account;
      this.now = begun.now;
      this.#skew_ms = begun.now.now_ms - Date.now();
      const is_this_week = begun.together.partnerships.every(
        ({ week_start, weeks }) =>
          weeks.at(-1)?.first_date === weekOf(this.today, week_start) || weeks.length === 0,
      );
      if (is_this_week) this.together = begun.together;
      this.#is_fresh = is_this_week && !document.hidden;
      this.#inside();
      return;
    }
    // A browser that comes from another site sends no cookie with the address: it is asked for again.
    const perhaps_in = !is_out || localStorage.getItem(SIGNED_IN) !== null;
    if (is_out) this.phase = "out";
    if (perhaps_in) void this.look();
  }

  /** Asks who is signed in. */
  async look(): Promise<void> {
    try {
      const account = await api.account();
      // Signed in at the door meanwhile.
      if (this.phase === "in") return;
      this.account = account;
      this.failed = null;
      this.#inside();
    } catch (thrown) {
      if (this.phase === "in") return;
      if (isRefused(thrown, "sign_in_needed")) {
        this.failed = null;
        this.phase = "out";
        localStorage.removeItem(SIGNED_IN);
        forgetWaiting();
      } else if (this.phase === "unknown") {
        this.failed = refusedOf(thrown);
      }
    }
  }

  /** Signed in, up, or in again. Another person than before sees nothing of theirs. */
  entered({ person_id, login, display_name, recovery_code }: SignedIn): void {
    if (this.account !== null && this.account.person_id !== person_id) this.#forget();
    // One that was not written down yet stays: no later answer brings it again.
    this.recovery_code = recovery_code ?? this.recovery_code;
    this.account = { person_id, login, display_name };
    this.#inside();
  }

  async rename(display_name: string): Promise<void> {
    this.account = await this.change(() => api.rename(display_name));
  }

  #inside(): void {
    this.phase = "in";
    localStorage.setItem(SIGNED_IN, "1");
    this.waiting ??= waitingOf(this.account?.person_id);
    if (this.waiting !== null) {
      keepWaiting(this.waiting);
      this.#welcomed();
    }
    this.#live.stop();
    this.#live.start();
    if (this.together === null || this.now === null) this.#refresh("together", "now");
    this.#followDay();
    this.#followClock();
  }

  async signOut(): Promise<void> {
    try {
      await api.signOut();
    } catch (thrown) {
      if (!isRefused(thrown, "sign_in_needed")) throw thrown;
    }
    this.left();
  }

  /** Signed out, or erased. */
  left(): void {
    this.#live.stop();
    this.#forget();
    this.invite = null;
    localStorage.removeItem(SIGNED_IN);
    this.phase = "out";
    this.go("week");
  }

  #forget(): void {
    this.#visit += 1;
    this.#stale.clear();
    this.#reading = false;
    forgetWaiting();
    this.account = null;
    this.together = null;
    this.now = null;
    this.waiting = null;
    this.recovery_code = null;
    this.failed = null;
  }

  /** What was typed stays where it is, behind the question who one is. */
  #signInAgain(): void {
    if (this.phase !== "in") return;
    this.#live.stop();
    forgetWaiting();
    this.phase = "again";
  }

  /** Runs what a person asked for; a sign-in that counts no more is asked for anew. */
  async run<T>(act: () => Promise<T>): Promise<T> {
    const visit = this.#visit;
    try {
      const done = await act();
      if (visit !== this.#visit) throw new Refused("sign_in_needed", "Signed out meanwhile.");
      return done;
    } catch (thrown) {
      if (visit !== this.#visit) throw refusedOf(thrown);
      if (isRefused(thrown, "sign_in_needed")) this.#signInAgain();
      throw refusedOf(thrown);
    }
  }

  /** The same, of what changes what is seen. */
  async change<T>(act: () => Promise<T>): Promise<T> {
    const done = await this.run(act);
    this.membership_told += 1;
    this.#refresh("together", "now");
    return done;
  }

  async accept(secret: string, share_since: string): Promise<void> {
    const accepted = await this.run(() => api.accept(secret, share_since));
    const person_id = this.account?.person_id ?? "";
    const before = this.together?.partnerships.map((one) => one.partnership_id) ?? [];
    this.waiting = { ...accepted, person_id, before };
    keepWaiting(this.waiting);
    this.putInviteAside();
  }

  putInviteAside(): void {
    this.invite = null;
    history.replaceState(null, "", new URL("./", document.baseURI));
    this.#readAddress();
  }

  waitNoMore(): void {
    this.waiting = null;
    forgetWaiting();
  }

  go(place: Place): void {
    if (location.pathname.endsWith("/invite")) this.putInviteAside();
    location.hash = place;
  }

  #readAddress(): void {
    const hash = location.hash.slice(1);
    if (location.pathname.endsWith("/invite")) {
      if (hash !== "") this.invite = hash;
      return;
    }
    this.place = PLACES.find((place) => place === hash) ?? "week";
  }

  /** Reads what is stale, one reading at a time; what turns stale meanwhile is read after it. */
  #refresh(...what: ("together" | "now")[]): void {
    for (const one of what) this.#stale.add(one);
    if (!this.#reading) void this.#read();
  }

  /** Once more, after it failed. */
  retry(): void {
    this.#refresh("together", "now");
  }

  async #read(): Promise<void> {
    const visit = this.#visit;
    this.#reading = true;
    while (this.#stale.size > 0 && this.phase === "in") {
      const what = new Set(this.#stale);
      this.#stale.clear();
      try {
        this.today = today();
        const [together, now] = await Promise.all([
          what.has("together") ? api.together(this.today) : null,
          what.has("now") ? api.now() : null,
        ]);
        // Of somebody who is gone; who is here now reads for themselves.
        if (visit !== this.#visit) return;
        if (together !== null) this.together = together;
        if (now !== null) this.#goesOn(now);
        this.failed = null;
        this.#welcomed();
      } catch (thrown) {
        if (visit !== this.#visit) return;
        if (isRefused(thrown, "sign_in_needed")) this.#signInAgain();
        else this.failed = refusedOf(thrown);
        break;
      }
    }
    this.#reading = false;
  }

  #goesOn(now: Now): void {
    this.now = now;
    this.#skew_ms = now.now_ms - Date.now();
    this.#known_at_ms = Date.now();
    this.#is_cut_off = false;
    this.#followClock();
  }

  /** A new stream says what changes from then on, not what changed while there was none. */
  #opened(open: boolean): void {
    if (this.is_live && !open && !this.#is_cut_off) this.#known_at_ms = Date.now();
    this.is_live = open;
    const is_fresh = this.#is_fresh;
    this.#is_fresh = false;
    this.#followClock();
    if (!open || is_fresh) return;
    this.membership_told += 1;
    this.#refresh("together", "now");
  }

  /** Whoever waited is in. */
  #welcomed(): void {
    const { waiting } = this;
    if (waiting === null) return;
    if (this.together?.partnerships.some((one) => isLetIn(waiting, one))) this.waitNoMore();
  }

  #followDay(): void {
    clearTimeout(this.#next_day);
    if (this.phase !== "in" || document.hidden) return;
    if (this.today !== today()) this.#refresh("together");
    this.#next_day = setTimeout(() => this.#followDay(), dayLasts_ms() + 1000);
  }

  /** Draws again when what is said of a proposal, or of who sits, changes. */
  #followClock(): void {
    clearTimeout(this.#tick);
    if (this.phase !== "in" || document.hidden) return;
    this.now_ms = Date.now() + this.#skew_ms;
    const unheard_ms = this.is_live ? 0 : Date.now() - this.#known_at_ms;
    if (unheard_ms >= CUT_OFF_MS) this.#is_cut_off = true;
    const waits = [
      untilSaidAnew(this.now?.proposals ?? [], this.now_ms) ?? Infinity,
      ...this.sitting.map((one) => (one.ends_at_ms ?? Infinity) - this.now_ms),
      this.is_live || this.#is_cut_off ? Infinity : CUT_OFF_MS - unheard_ms,
    ];
    const left_ms = Math.min(...waits);
    if (left_ms === Infinity) return;
    this.#tick = setTimeout(() => this.#followClock(), Math.min(left_ms + 20, 2 ** 31 - 1));
  }
}

export function isRefused(thrown: unknown, code: string): boolean {
  return thrown instanceof Refused && thrown.code === code;
}

export function refusedOf(thrown: unknown): Refused {
  return thrown instanceof Refused ? thrown : new Refused("internal", String(thrown));
}

const KEY = Symbol("page");

export function setPage(page: Page): void {
  setContext(KEY, page);
}

export function getPage(): Page {
  return getContext<Page>(KEY);
}
