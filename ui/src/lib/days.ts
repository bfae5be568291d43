// The history cut into days, and the days into chunks that are drawn or left out as a whole.
import type { SessionView } from "$lib/generated/SessionView";

export interface Day {
  local_date: string;
  /** Whether the day begins here; a long day may go on in the next chunk. */
  opens: boolean;
  sits: SessionView[];
}

export interface Chunk {
  key: string;
  days: Day[];
}

/** Rows in a chunk. */
export const CHUNK = 60;

export function chunked(sits: SessionView[]): Chunk[] {
  const chunks: Chunk[] = [];
  let last_date: string | null = null;
  for (let from = 0; from < sits.length; from += CHUNK) {
    const days: Day[] = [];
    for (const sit of sits.slice(from, from + CHUNK)) {
      const open = days.at(-1);
      if (open !== undefined && open.local_date === sit.local_date) {
        open.sits.push(sit);
        continue;
      }
      days.push({ local_date: sit.local_date, opens: sit.local_date !== last_date, sits: [sit] });
      last_date = sit.local_date;
    }
    chunks.push({ key: String(from), days });
  }
  return chunks;
}
