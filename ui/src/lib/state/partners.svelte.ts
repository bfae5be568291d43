// With whom sits are shared: read from the server each time it is looked at.
import type { AcceptedInvite } from "$lib/generated/AcceptedInvite";
import type { InviteKind } from "$lib/generated/InviteKind";
import type { InviteSecret } from "$lib/generated/InviteSecret";
import type { PartnershipView } from "$lib/generated/PartnershipView";
import type { Port } from "$lib/port";
import type { SyncState } from "./sync.svelte";

export class PartnersState {
  list = $state.raw<PartnershipView[] | null>(null);
  /** An invite just made: shown until the person has passed it on. */
  secret = $state.raw<{ partnership_id: string; invite: InviteSecret } | null>(null);
  /** What was accepted here and waits for the inviter. */
  accepted = $state.raw<AcceptedInvite | null>(null);

  readonly #port: Port;
  readonly #sync: SyncState;

  constructor(port: Port, sync: SyncState) {
    this.#port = port;
    this.#sync = sync;
  }

  /** Nothing of one account is shown in another. */
  forget(): void {
    this.list = null;
    this.secret = null;
    this.accepted = null;
  }

  async read(): Promise<void> {
    this.list = (await this.#port.account("partnerships", {})).partnerships;
  }

  /** The date of today, as the engine counts days: what was sat before is not shared. */
  async #today(): Promise<string> {
    return (await this.#port.call("totals", {})).today.from;
  }

  async create(name: string): Promise<void> {
    const share_since = await this.#today();
    await this.#port.account("create_partnership", { name, week_start: "Mon", share_since });
    await this.read();
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
    await this.read();
  }

  async pause(partnership_id: string, is_paused: boolean): Promise<void> {
    const args = { partnership_id, share_since: null, is_paused, weekly_goal_s: null };
    this.#sync.receive(await this.#port.account("change_membership", args));
    await this.read();
  }

  async leave(partnership_id: string): Promise<void> {
    this.#sync.receive(await this.#port.account("leave_partnership", { partnership_id }));
    await this.read();
  }
}
