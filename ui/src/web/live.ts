// `/v1/live`: told that something is other than before, while the page can be seen. One stream, read
// through fetch, since an EventSource cannot say which protocol it speaks. Nothing is asked again and
// again: a stream that broke is opened anew, later each time, at once when the network is back.

import { Refused, request } from "./api";

const FIRST_MS = 1_000;
const MOST_MS = 30_000;
/** The server gives a sign of life every 25 s. */
const SILENT_MS = 60_000;

export interface Told {
  /** An event by its name: `head`, `membership`, `now`. */
  event: (name: string) => void;
  /** Whether a stream is open. */
  open: (open: boolean) => void;
  /** The sign-in counts no more. */
  refused: () => void;
}

export class Live {
  readonly #told: Told;
  #stream: AbortController | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #failed = 0;
  #wanted = false;

  constructor(told: Told) {
    this.#told = told;
  }

  start(): void {
    if (this.#wanted) return;
    this.#wanted = true;
    document.addEventListener("visibilitychange", this.#seen);
    addEventListener("online", this.#again);
    this.#seen();
  }

  stop(): void {
    this.#wanted = false;
    document.removeEventListener("visibilitychange", this.#seen);
    removeEventListener("online", this.#again);
    this.#close();
  }

  #seen = (): void => {
    if (document.hidden) this.#close();
    else this.#again();
  };

  #again = (): void => {
    if (!this.#wanted || document.hidden || this.#stream !== null) return;
    clearTimeout(this.#timer);
    void this.#read();
  };

  #close(): void {
    clearTimeout(this.#timer);
    const stream = this.#stream;
    if (stream === null) return;
    this.#stream = null;
    stream.abort();
    this.#told.open(false);
  }

  async #read(): Promise<void> {
    const stream = new AbortController();
    this.#stream = stream;
    let quiet: ReturnType<typeof setTimeout> | undefined;
    const alive = () => {
      clearTimeout(quiet);
      quiet = setTimeout(() => stream.abort(), SILENT_MS);
    };
    try {
      alive();
      const options = { signal: stream.signal, accept: "text/event-stream" };
      const response = await request("GET", "live", options);
      stream.signal.throwIfAborted();
      this.#told.open(true);
      for await (const name of events(response, alive)) {
        this.#failed = 0;
        this.#told.event(name);
      }
    } catch (thrown) {
      if (thrown instanceof Refused && thrown.code === "sign_in_needed") {
        this.stop();
        this.#told.refused();
      }
    } finally {
      clearTimeout(quiet);
    }
    // Closed on purpose, or followed by another already.
    if (this.#stream !== stream) return;
    this.#stream = null;
    this.#told.open(false);
    if (this.#wanted && !document.hidden) this.#later();
  }

  /** Full jitter: after a restart of the server not all come back at once. */
  #later(): void {
    const most_ms = Math.min(MOST_MS, FIRST_MS * 2 ** this.#failed);
    this.#failed += 1;
    this.#timer = setTimeout(this.#again, Math.random() * most_ms);
  }
}

/** The names of the events of a stream, as they come; `alive` with everything that arrives. */
async function* events(response: Response, alive: () => void): AsyncGenerator<string> {
  if (response.body === null) return;
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    alive();
    const lines = (rest + value).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      if (line.startsWith("event:")) yield line.slice("event:".length).trim();
    }
  }
}
