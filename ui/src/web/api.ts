// The server, as its own page asks it: same origin, with the cookie that the browser keeps.

import type { Activity } from "$lib/generated/Activity";
import type { InviteKind } from "$lib/generated/InviteKind";
import type { InviteView } from "$lib/generated/InviteView";
import type { Now } from "$lib/generated/Now";
import type { Together } from "$lib/generated/Together";
import type { TogetherSits } from "$lib/generated/TogetherSits";

/** Weeks that the page shows, this one included; as in `crates/server/src/web/first.rs`. */
export const WEEKS = 12;
/** Sits that the history fetches at once. */
export const SITS = 50;
const TIMEOUT_MS = 20_000;

export interface Account {
  person_id: string;
  login: string;
  display_name: string;
}

/** What the server draws into the page for one who is signed in. */
export interface Begin {
  account: Account;
  today: string;
  together: Together;
  now: Now;
}

export interface SignedIn {
  person_id: string;
  login: string;
  display_name: string;
  recovery_code?: string;
}

export interface InviteMade {
  invite_id: string;
  secret: string;
  link?: string;
  expires_at_ms: number;
}

export interface InviteAccepted {
  partnership_name: string;
  inviter_name: string;
}

export interface Invites {
  invites: (Omit<InviteView, "accepted_by"> & { accepted_by?: string })[];
}

export interface ChangeMembership {
  share_since?: string;
  is_paused?: boolean;
  weekly_goal_s?: number;
  shows_sitting?: boolean;
}

export interface ChangePartnership {
  name?: string;
  week_start?: string;
  expected_name?: string;
  expected_week_start?: string;
}

/** A refusal: the server's code and sentence, or what became of the way to it. */
export class Refused extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** The address of a route of `/v1`, wherever the page lies. */
export function address(path: string): string {
  return new URL(`v1/${path}`, document.baseURI).href;
}

const HEADERS = { "mitta-protocol": "1", "x-mitta": "web" };

/** Asks; what comes back is thrown as `Refused` where it is no success. */
export async function request(
  method: string,
  path: string,
  options: { body?: unknown; signal: AbortSignal; accept?: string },
): Promise<Response> {
  const headers: Record<string, string> = { ...HEADERS };
  if (options.body !== undefined) headers["content-type"] = "application/json";
  if (options.accept !== undefined) headers["accept"] = options.accept;
  let response: Response;
  try {
    response = await fetch(address(path), {
      method,
      headers,
      body: options.body === undefined ? null : JSON.stringify(options.body),
      credentials: "same-origin",
      cache: "no-store",
      signal: options.signal,
    });
  } catch (thrown) {
    const late = thrown instanceof DOMException && thrown.name === "TimeoutError";
    throw new Refused(late ? "timeout" : "offline", String(thrown));
  }
  if (response.ok) return response;
  throw await refusal(response);
}

async function refusal(response: Response): Promise<Refused> {
  try {
    const { code, message } = (await response.json()) as { code: string; message: string };
    return new Refused(code, message);
  } catch {
    // A proxy answers in its own words.
    return new Refused("server_failed", `${response.status}`);
  }
}

async function ask<T>(method: string, path: string, body?: unknown): Promise<T> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const response = await request(method, path, { body, signal });
  return (response.status === 204 ? undefined : await response.json()) as T;
}

const partnership = (id: string, rest = "") => `partnerships/${id}${rest}`;

export const api = {
  signUp: (login: string, password: string, display_name: string) =>
    ask<SignedIn>("POST", "accounts", { login, password, display_name }),
  signIn: (login: string, password: string) =>
    ask<SignedIn>("POST", "sign-in", { login, password }),
  recover: (login: string, recovery_code: string, new_password: string) =>
    ask<SignedIn>("POST", "recover", { login, recovery_code, new_password }),
  signOut: () => ask<void>("POST", "sign-out"),
  account: () => ask<Account>("GET", "account"),
  rename: (display_name: string) => ask<Account>("PATCH", "account", { display_name }),
  changePassword: (current_password: string, new_password: string) =>
    ask<void>("POST", "account/password", { current_password, new_password }),
  newRecoveryCode: (password: string) =>
    ask<{ recovery_code: string }>("POST", "account/recovery-code", { password }),
  erase: (password: string) => ask<void>("DELETE", "account", { password }),
  activity: () => ask<{ activities: Activity[] }>("GET", "activity"),

  together: (today: string) => ask<Together>("GET", `together?today=${today}&weeks=${WEEKS}`),
  now: () => ask<Now>("GET", "now"),
  sits: (partnership_id: string, before: { ms: number; session_id: string } | null) => {
    const query = new URLSearchParams({ partnership_id, limit: String(SITS) });
    if (before !== null) {
      query.set("before_ms", String(before.ms));
      query.set("before_session_id", before.session_id);
    }
    return ask<TogetherSits>("GET", `together/sits?${query}`);
  },

  create: (name: string, week_start: string, share_since: string) =>
    ask<{ partnership_id: string }>("POST", "partnerships", { name, week_start, share_since }),
  change: (id: string, change: ChangePartnership) => ask<void>("PATCH", partnership(id), change),
  changeMembership: (id: string, change: ChangeMembership) =>
    ask<void>("PATCH", partnership(id, "/membership"), change),
  leave: (id: string) => ask<void>("POST", partnership(id, "/leave")),
  invites: (id: string) => ask<Invites>("GET", partnership(id, "/invites")),
  invite: (id: string, kind: InviteKind) =>
    ask<InviteMade>("POST", partnership(id, "/invites"), { kind }),
  withdraw: (id: string, invite_id: string) =>
    ask<void>("DELETE", partnership(id, `/invites/${invite_id}`)),
  confirm: (id: string, invite_id: string, accept: boolean) =>
    ask<void>("POST", partnership(id, `/invites/${invite_id}/confirm`), { accept }),
  accept: (secret: string, share_since: string) =>
    ask<InviteAccepted>("POST", "invites/accept", { secret, share_since }),
};
