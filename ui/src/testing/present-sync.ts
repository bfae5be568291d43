// The fake backend in every state that sync and the account can be in, by name.
import type { SyncView } from "$lib/generated/SyncView";
import { accountError, ANNA, rejectedOp, synced, syncView } from "./fake-account";
import type { FakePort } from "./fake-port";
import { ANNA_ID, CLEO_ID } from "./fake-together";
import { idOf } from "./rows";

const MIN_MS = 60_000;

export const SYNC_STATES = [
  ...(["none", "claim", "up_to_date", "waiting", "offline", "signed_out", "rejected"] as const),
  ...(["differ", "first", "trouble", "too_old", "file", "partners"] as const),
  ...(["alone", "together", "invited", "soon"] as const),
];

function viewOf(state: (typeof SYNC_STATES)[number], now_ms: number): SyncView {
  const compared_at_ms = now_ms - 12 * MIN_MS;
  const last_success_ms = now_ms - 4 * MIN_MS;
  switch (state) {
    case "none":
      return syncView({ local_sits: 12 });
    case "claim":
      return synced({ word: "claim_asked", local_sits: 12, last_success_ms: null });
    case "up_to_date":
    case "partners":
    case "alone":
    case "together":
    case "invited":
    case "soon":
      return synced({ last_success_ms, compared_at_ms });
    case "waiting":
      return synced({ word: "waiting", waiting: 3, last_success_ms, compared_at_ms });
    case "offline":
      return synced({
        word: "offline",
        waiting: 3,
        last_success_ms: now_ms - 95 * MIN_MS,
        offline_since_ms: now_ms - 90 * MIN_MS,
        next_try_ms: now_ms + 7 * MIN_MS,
        problem: accountError("offline"),
        clock_offset_ms: -5200,
      });
    case "signed_out": {
      const account = { ...ANNA, is_signed_in: false };
      return synced({ word: "sign_in_needed", waiting: 3, account, last_success_ms });
    }
    case "rejected":
      return synced({ word: "rejected", rejected: 2, last_success_ms, compared_at_ms });
    case "differ":
      return synced({
        word: "totals_differ",
        last_success_ms,
        differing_weeks: ["2026-11-09", "2026-11-16"],
      });
    case "first":
      return synced({
        word: "syncing",
        last_success_ms: null,
        progress: { phase: "pushing", done: 1204, total: 3000 },
        waiting: 1796,
      });
    case "trouble":
      return synced({
        word: "server_failed",
        waiting: 1,
        last_success_ms,
        next_try_ms: now_ms + MIN_MS,
        problem: accountError("server_busy"),
      });
    case "too_old":
      return synced({ word: "update_this", waiting: 1, last_success_ms });
    case "file":
      return synced({ account: { ...ANNA, token_in_file: true }, last_success_ms, compared_at_ms });
  }
}

/** `null`: there is no account and there was never a sit to add to one. */
export function presentSync(port: FakePort, named: string | null): void {
  const state = SYNC_STATES.find((one) => one === named);
  if (state === undefined) return;
  if (state === "rejected") {
    port.server.rejected = [
      rejectedOp(2, "words", "invalid_words"),
      rejectedOp(9, "sat", "invalid_time"),
    ];
  }
  const { partners, together } = port.server;
  if (["partners", "alone", "together", "invited", "soon"].includes(state)) {
    partners.begin();
  }
  const [one] = partners.list;
  if (one !== undefined && state === "alone") {
    Object.assign(one, { members: one.members.slice(0, 1), invites: [] });
  }
  if (one !== undefined && ["together", "invited", "soon"].includes(state)) {
    one.invites = [];
    together.fill(Date.now());
  }
  if (state === "together") {
    const started_at_ms = Date.now() - 8 * MIN_MS;
    const sitting = { partnership_id: idOf(8000), person_id: CLEO_ID, started_at_ms };
    together.sitting = [{ ...sitting, ends_at_ms: started_at_ms + 20 * MIN_MS }];
  }
  if (state === "invited") together.propose(3 * MIN_MS);
  if (state === "soon") {
    together.propose(4 * MIN_MS).answers.push({ person_id: ANNA_ID, answer: "joined" });
    together.propose(190 * MIN_MS).answers.push({ person_id: ANNA_ID, answer: "joined" });
  }
  port.server.view = viewOf(state, Date.now());
}
