// An invite that was accepted and waits for the inviter: kept over a reload, for the person it is of.
import type { TogetherPartnership } from "$lib/generated/TogetherPartnership";
import type { InviteAccepted } from "./api";

const WAITING = "mitta-waiting";

export interface Waiting extends InviteAccepted {
  /** Who accepted. */
  person_id: string;
  /** The partnerships that the person was in before. */
  before: string[];
}

export function keepWaiting(waiting: Waiting): void {
  localStorage.setItem(WAITING, JSON.stringify(waiting));
}

export function forgetWaiting(): void {
  localStorage.removeItem(WAITING);
}

/** What this person waits for; that of somebody else is forgotten. */
export function waitingOf(person_id: string | undefined): Waiting | null {
  const kept = read();
  if (kept !== null && kept.person_id === person_id && Array.isArray(kept.before)) {
    return kept as Waiting;
  }
  forgetWaiting();
  return null;
}

function read(): Partial<Waiting> | null {
  try {
    return JSON.parse(localStorage.getItem(WAITING) ?? "null") as Partial<Waiting> | null;
  } catch {
    // Not from this page: as good as nothing.
    return null;
  }
}

/** Whether this partnership is the one that was waited for. The server does not say which it is before
 * one is in: it is new, and has the name or the inviter. */
export function isLetIn(waiting: Waiting, partnership: TogetherPartnership): boolean {
  const { partnership_id, name, members } = partnership;
  const others = members.filter((member) => !member.is_me);
  if (waiting.before.includes(partnership_id) || others.length === 0) return false;
  return (
    name === waiting.partnership_name ||
    others.some((member) => member.display_name === waiting.inviter_name)
  );
}
