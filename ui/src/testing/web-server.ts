// The server as the web page's tests need it: answers by route, and a live stream one can open and end.
import { vi } from "vitest";
import type { Together } from "$lib/generated/Together";
import type { TogetherPartnership } from "$lib/generated/TogetherPartnership";

/** What is thrown by an answer: the status, and the body of a refusal. */
export class Refusal {
  constructor(
    readonly status: number,
    readonly code: string,
  ) {}
}

export type Asked = Record<string, unknown>;
type Answer = (body: Asked) => unknown;

export class WebServer {
  /** What was asked, as `GET now`. */
  readonly asked: { what: string; body: Asked }[] = [];
  readonly #answers = new Map<string, Answer>();
  readonly #streams: ReadableStreamDefaultController<Uint8Array>[] = [];

  constructor() {
    vi.stubGlobal("fetch", (url: string, init: RequestInit) => this.#fetch(url, init));
  }

  answers(what: string, answer: Answer): void {
    this.#answers.set(what, answer);
  }

  times(what: string): number {
    return this.asked.filter((one) => one.what === what).length;
  }

  body(what: string): Asked | undefined {
    return this.asked.findLast((one) => one.what === what)?.body;
  }

  /** Says an event to whoever listens. */
  tells(event: string): void {
    this.#streams.at(-1)?.enqueue(new TextEncoder().encode(`event: ${event}\ndata:\n\n`));
  }

  /** Ends the stream. */
  hangsUp(): void {
    this.#streams.at(-1)?.close();
  }

  async #fetch(url: string, init: RequestInit): Promise<Response> {
    const path = new URL(url).pathname.replace(/^\/v1\//, "");
    const what = `${init.method ?? "GET"} ${path}`;
    const body = JSON.parse(typeof init.body === "string" ? init.body : "{}") as Asked;
    this.asked.push({ what, body });
    try {
      const answer = this.#answers.get(what);
      if (answer !== undefined) return json(200, await answer(body));
      if (what === "GET live") return this.#stream(init.signal ?? null);
      return json(404, { code: "not_found", message: `No ${what} here.` });
    } catch (thrown) {
      if (!(thrown instanceof Refusal)) throw thrown;
      return json(thrown.status, { code: thrown.code, message: `raw ${thrown.code}` });
    }
  }

  #stream(signal: AbortSignal | null): Response {
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        this.#streams.push(controller);
        signal?.addEventListener("abort", () => {
          if (this.#streams.at(-1) === controller) this.#streams.pop();
          controller.error(new DOMException("aborted", "AbortError"));
        });
      },
    });
    return new Response(body, { headers: { "content-type": "text/event-stream" } });
  }
}

function json(status: number, body: unknown): Response {
  return new Response(JSON.stringify(body ?? null), { status });
}

/** Hides the page or shows it. */
export function hide(hidden: boolean): void {
  vi.spyOn(document, "hidden", "get").mockReturnValue(hidden);
  document.dispatchEvent(new Event("visibilitychange"));
}

export const ANA = { person_id: "ana", login: "ana", display_name: "Ana" };

export function partnershipOf(name: string, partnership_id = "us"): TogetherPartnership {
  const member = (person_id: string, display_name: string, is_me: boolean) => ({
    person_id,
    display_name,
    is_me,
    share_since: "2026-11-01",
    is_paused: false,
    shows_sitting: false,
    weeks: [],
    on_the_way: 0,
  });
  return {
    partnership_id,
    name,
    week_start: "Mon",
    members: [member("ana", "Ana", true), member("ben", "Ben", false)],
    weeks: [],
    sits: [],
    has_more_sits: false,
  };
}

export function togetherOf(...partnerships: TogetherPartnership[]): Together {
  return { partnerships };
}
