// With whom sits are shared: read from the server while it is looked at.
import { asAccountError } from "$lib/errors";
import type { AccountError } from "$lib/generated/AccountError";
import type { AcceptedInvite } from "$lib/generated/AcceptedInvite";
import type { InviteKind } from "$lib/generated/InviteKind";
import type { InviteSecret } from "$lib/generated/InviteSecret";
import type { PartnershipView } from "$lib/generated/PartnershipView";
import type { SyncAccount } from "$lib/generated/SyncAccount";
import type { Port } from "$lib/port";
import type { ChangeMembershipArgs } from "$lib/generated/ChangeMembershipArgs";
import type { ChangePartnershipArgs } from "$lib/generated/ChangePartnershipArgs";
import type { CreatePartnershipArgs } from "$lib/generated/CreatePartnershipArgs";
import type { SyncState } from "./sync.svelte";
import type { TogetherState } from "./together.svelte";

export class PartnersState {
  list = $state.raw<PartnershipView[] | null>(null);
  /** Why it could not be read. */
  failure = $state.raw<AccountError | null>(null);
  /** An invite just made: shown until the person has passed it on. */
  secret = $state.raw<{ partnership_id: string; invite: InviteSecret } | null>(null);
  /** What was accepted here and waits for the inviter. */
  accepted = $state.raw<AcceptedInvite | null>(null);

  #whose: string | null = null;
  #watched = false;
  #stale = false;
  #reading: Promise<void> | null = null;
  /** Reads are counted: what was asked earlier never overrides what was asked later. */
  #asked = 0;
  #shown = 0;
  readonly #port: Port;
  readonly #sync: SyncState;
  readonly #together: TogetherState;

  constructor(port: Port, sync: SyncState, together: TogetherState) {
    this.#port = port;
    this.#sync = sync;
    this.#together = together;
  }

  /** It is in sight, until the returned function is called; what waits for others stays. */
  watch(): () => void {
    this.#watched = true;
    return () => {
      this.#watched = false;
      this.#drop();
    };
  }

  /** Nothing of one account is shown in another. */
  follow(account: SyncAccount | null): void {
    const whose = account && `${account.login} ${account.server_url}`;
    if (whose === this.#whose) return;
    this.#whose = whose;
    this.#drop();
    this.secret = null;
    this.accepted = null;
  }

  #drop(): void {
    this.#shown = this.#asked;
    this.list = null;
    this.failure = null;
  }

  visibilityChanged(): void {
    if (!document.hidden && this.#stale) this.changed();
  }

  /** It may be another by now: read anew, or later where nobody sees it. */
  changed(): void {
    this.#stale = true;
    if (document.hidden || !this.#watched) return;
    this.#reading ??= this.#readAll().finally(() => (this.#reading = null));
  }

  /** Reads until nothing was asked while it was read. */
  async #readAll(): Promise<void> {
    while (this.#stale && this.#watched && !document.hidden) {
      this.#stale = false;
      try {
        await this.read();
        this.failure = null;
      } catch (thrown) {
        this.failure = asAccountError(thrown);
      }
    }
  }

  async read(): Promise<void> {
    const asked = ++this.#asked;
    const { partnerships } = await this.#port.account("partnerships", {});
    if (asked <= this.#shown) return;
    this.#shown = asked;
    this.list = partnerships;
    this.#settle(partnerships);
  }

  /** What was taken up needs no more waiting, and no secret. */
  #settle(list: PartnershipView[]): void {
    const { secret, accepted } = this;
    const invites = list.flatMap((one) => one.invites).filter(({ state }) => state === "open");
    if (secret !== null && !invites.some((one) => one.invite_id === secret.invite.invite_id)) {
      this.secret = null;
    }
    const letIn = list.some(
      ({ name, members }) =>
        name === accepted?.partnership_name &&
        members.some((one) => one.display_name === accepted.inviter_name),
    );
    if (letIn) this.accepted = null;
  }

  /** After an act: what the server says of it, and what partners see by it. */
  async #reread(): Promise<void> {
    this.#together.changed();
    await this.read();
  }

  /** The date of today, as the engine counts days: what was sat before is not shared. */
  async #today(): Promise<string> {
    return (await this.#port.call("totals", {})).today.from;
  }

  async create(name: string, week_start: CreatePartnershipArgs["week_start"]): Promise<void> {
    const share_since = await this.#today();
    await this.#port.account("create_partnership", { name, week_start, share_since });
    await this.#reread();
  }

  async invite(partnership_id: string, kind: InviteKind): Promise<void> {
    const invite = await this.#port.account("invite", { partnership_id, kind });
    this.secret = { partnership_id, invite };
    await this.read();
  }

  async withdraw(partnership_id: string, invite_id: string): Promise<void> {
    this.#sync.receive(await this.#port.account("withdraw_invite", { partnership_id, invite_id }));
    if (this.secret?.invite.invite_id === invite_id) this.secret = null;
    await this.read();
  }

  async accept(secret: string): Promise<void> {
    const share_since = await this.#today();
    this.accepted = await this.#port.account("accept_invite", { secret, share_since });
  }

  async confirm(partnership_id: string, invite_id: string, accept: boolean): Promise<void> {
    const args = { partnership_id, invite_id, accept };
    this.#sync.receive(await this.#port.account("confirm_invite", args));
    await this.#reread();
  }

  /** What is not named stays. */
  async share(
    partnership_id: string,
    change: Partial<Omit<ChangeMembershipArgs, "partnership_id">>,
  ): Promise<void> {
    const args = {
      partnership_id,
      share_since: null,
      is_paused: null,
      weekly_goal_s: null,
      shows_sitting: null,
      ...change,
    };
    this.#sync.receive(await this.#port.account("change_membership", args));
    await this.#reread();
  }

  /** Another name or first day; refused where another member changed it since it was seen. */
  async change(args: ChangePartnershipArgs): Promise<void> {
    try {
      this.#sync.receive(await this.#port.account("change_partnership", args));
    } finally {
      await this.#reread();
    }
  }

  async leave(partnership_id: string): Promise<void> {
    this.#sync.receive(await this.#port.account("leave_partnership", { partnership_id }));
    await this.#reread();
  }
}
