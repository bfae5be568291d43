// The partnerships of the fake server: one that may be, Ben who may wait, and one code that works.
import type { AccountError } from "$lib/generated/AccountError";
import type { AccountErrorCode } from "$lib/generated/AccountErrorCode";
import type { InviteView } from "$lib/generated/InviteView";
import type { PartnershipView } from "$lib/generated/PartnershipView";
import type { SyncView } from "$lib/generated/SyncView";
import type { AccountArgs, AccountReply } from "$lib/port";
import { DAY_MS, idOf } from "./rows";

type Name =
  | ("partnerships" | "create_partnership" | "invite" | "withdraw_invite")
  | ("accept_invite" | "confirm_invite" | "change_membership" | "change_partnership")
  | "leave_partnership";
type Handlers = { [K in Name]: (args: AccountArgs<K>) => AccountReply<K> };

export const INVITE = "ABCD-EFGH";

export const refused = (code: AccountErrorCode): AccountError => ({
  code,
  message: `fake: ${code}`,
});
const anna = {
  ...{ person_id: idOf(8001), display_name: "Anna", weekly_goal_s: null, is_me: true },
  ...{ is_paused: false, shows_sitting: false },
};
const cleo = {
  ...{ person_id: idOf(8002), display_name: "Cleo", weekly_goal_s: null, is_me: false },
  ...{ is_paused: null, shows_sitting: null },
};

export class FakePartners {
  list: PartnershipView[] = [];

  readonly #view: () => SyncView;
  #made = 8100;

  constructor(view: () => SyncView) {
    this.#view = view;
  }

  /** A partnership with Cleo, into which Ben waits to be let. */
  begin(): void {
    const share_since = "2026-11-01";
    this.list = [
      {
        partnership_id: idOf(8000),
        name: "Morning room",
        week_start: "Mon",
        members: [
          { ...anna, share_since },
          { ...cleo, share_since },
        ],
        invites: [{ ...this.#invite(), state: "accepted", accepted_by: "Ben" }],
      },
    ];
  }

  #invite(): InviteView {
    this.#made += 1;
    const invite_id = idOf(this.#made);
    const expires_at_ms = Date.now() + DAY_MS;
    return { invite_id, kind: "code", state: "open", accepted_by: null, expires_at_ms };
  }

  #one(partnership_id: string): PartnershipView {
    const one = this.list.find((it) => it.partnership_id === partnership_id);
    if (one === undefined) throw refused("no_such_partnership");
    return one;
  }

  #take(partnership_id: string, invite_id: string): InviteView {
    const one = this.#one(partnership_id);
    const invite = one.invites.find((it) => it.invite_id === invite_id);
    if (invite === undefined) throw refused("no_such_invite");
    one.invites = one.invites.filter((it) => it !== invite);
    return invite;
  }

  readonly commands: Handlers = {
    partnerships: () => ({ partnerships: this.list }),
    create_partnership: ({ name, week_start, share_since }) => {
      if (name.trim() === "") throw refused("invalid_name");
      const members = [{ ...anna, share_since }];
      const made = { partnership_id: idOf(8000), name, week_start, members, invites: [] };
      this.list = [made];
      return made;
    },
    invite: ({ partnership_id, kind }) => {
      const invite = { ...this.#invite(), kind };
      this.#one(partnership_id).invites.unshift(invite);
      const { invite_id, expires_at_ms } = invite;
      return { invite_id, secret: INVITE, link: null, expires_at_ms };
    },
    withdraw_invite: ({ partnership_id, invite_id }) => {
      this.#take(partnership_id, invite_id);
      return this.#view();
    },
    accept_invite: ({ secret }) => {
      if (secret !== INVITE) throw refused("no_such_invite");
      return { partnership_name: "Morning room", inviter_name: "Cleo" };
    },
    confirm_invite: ({ partnership_id, invite_id, accept }) => {
      const display_name = this.#take(partnership_id, invite_id).accepted_by ?? "";
      const ben = { ...cleo, person_id: idOf(8003), display_name };
      const { members } = this.#one(partnership_id);
      if (accept) members.push({ ...ben, share_since: "2026-11-21" });
      return this.#view();
    },
    change_membership: ({ partnership_id, ...change }) => {
      const one = this.#one(partnership_id);
      const said = Object.entries(change).filter(([, value]) => value !== null);
      one.members = one.members.map((member) =>
        member.is_me ? { ...member, ...Object.fromEntries(said) } : member,
      );
      return this.#view();
    },
    change_partnership: ({ partnership_id, name, week_start, ...expected }) => {
      const one = this.#one(partnership_id);
      const is = (asked: string | null, now: string) => asked === null || asked === now;
      if (!is(expected.expected_name, one.name)) throw refused("changed_meanwhile");
      if (!is(expected.expected_week_start, one.week_start)) throw refused("changed_meanwhile");
      one.name = name ?? one.name;
      one.week_start = week_start ?? one.week_start;
      return this.#view();
    },
    leave_partnership: ({ partnership_id }) => {
      const left = this.#one(partnership_id);
      this.list = this.list.filter((it) => it !== left);
      return this.#view();
    },
  };
}
