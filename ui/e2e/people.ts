// Persons with a device, who ask the server as an app does; and the tables as its admin sees them.
import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { expect } from "@playwright/test";

export const PASSWORD = "a long enough password";
const SERVER = process.env["MITTA_WEB_URL"] ?? "http://localhost:8743";

let named = 0;
/** A login that no other test has. */
export function login(name: string): string {
  named += 1;
  return `${name}.${process.pid}.${named}.${Date.now().toString(36)}`;
}

/** What a query gives, one line a row. */
export function sql(query: string): string[] {
  const url = process.env["MITTA_WEB_DATABASE"] ?? "";
  const lines = execFileSync("psql", [url, "-AtXq", "-c", query], { encoding: "utf8" });
  return lines.split("\n").filter((line) => line !== "");
}

/** The civil date in Berlin `days` ago, as the page counts days. */
export function date(days = 0, timeZone = "Europe/Berlin"): string {
  const at = new Date(Date.now() - days * 86_400_000 - 4 * 3_600_000);
  return new Intl.DateTimeFormat("sv-SE", { timeZone }).format(at);
}

export interface Sat {
  minutes: number;
  days_ago?: number;
  /** By whose calendar it has its date. */
  zone?: string;
  together_id?: string;
}

/** Somebody with an app. */
export class Person {
  readonly login: string;
  readonly name: string;
  readonly device_id = randomUUID();
  token = "";
  person_id = "";
  #device_seq = 0;
  readonly #starts = new Map<string, object>();

  private constructor(name: string, display_name: string) {
    this.login = login(name);
    this.name = display_name;
  }

  static async signsUp(name: string, display_name = name): Promise<Person> {
    const person = new Person(name.toLowerCase().replace(/[^a-z]/g, "x"), display_name);
    const device = { device_id: person.device_id, name: "a computer" };
    const body = { login: person.login, password: PASSWORD, display_name, device };
    const made = await person.ask("POST", "accounts", body);
    person.token = made["token"];
    person.person_id = made["person_id"];
    return person;
  }

  async ask(method: string, path: string, body?: unknown): Promise<any> {
    const response = await fetch(`${SERVER}/v1/${path}`, {
      method,
      headers: {
        "mitta-protocol": "1",
        ...(this.token === "" ? {} : { authorization: `Bearer ${this.token}` }),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      body: body === undefined ? null : JSON.stringify(body),
    });
    const text = await response.text();
    expect(response.ok, `${method} ${path}: ${response.status} ${text}`).toBe(true);
    return text === "" ? undefined : JSON.parse(text);
  }

  async begins(name: string, since = date(60)): Promise<string> {
    const body = { name, week_start: "Mon", share_since: since };
    return (await this.ask("POST", "partnerships", body))["partnership_id"];
  }

  async invites(partnership_id: string, kind = "link"): Promise<{ id: string; secret: string }> {
    const made = await this.ask("POST", `partnerships/${partnership_id}/invites`, { kind });
    return { id: made["invite_id"], secret: made["secret"] };
  }

  /** Lets `guest` in. */
  async partners(guest: Person, name = "Us", since = date(60)): Promise<string> {
    const partnership_id = await this.begins(name, since);
    const { id, secret } = await this.invites(partnership_id);
    await guest.ask("POST", "invites/accept", { secret, share_since: since });
    const confirm = `partnerships/${partnership_id}/invites/${id}/confirm`;
    await this.ask("POST", confirm, { accept: true });
    return partnership_id;
  }

  /** Sits, and sends it; the session's id. */
  async sits({ minutes, days_ago = 0, zone, together_id }: Sat): Promise<string> {
    const session_id = randomUUID();
    const ended_at_ms = Date.now() - days_ago * 86_400_000;
    const started_at_ms = ended_at_ms - minutes * 60_000;
    const session = {
      session_id,
      device_id: this.device_id,
      source: "timer",
      started_at_ms,
      tz: "UTC",
      utc_offset_s: 0,
      local_date: date(days_ago, zone),
      planned_s: minutes * 60,
      ...(together_id === undefined ? {} : { together_id }),
    };
    this.#starts.set(session_id, session);
    const completion = {
      ended_at_ms,
      credited_s: minutes * 60,
      paused_s: 0,
      asleep_s: 0,
      overtime_s: 0,
    };
    const events = [{ event_seq: 1, kind: "completed", at_ms: ended_at_ms, elapsed_ms: null }];
    await this.#push(session_id, { kind: "sat", plan: null, completion, events });
    return session_id;
  }

  async share(session_id: string, shared: boolean, note_shared = false): Promise<void> {
    await this.#push(session_id, { kind: "sharing", sharing: { shared, note_shared } });
  }

  async writes(session_id: string, note: string, label: string): Promise<void> {
    await this.#push(session_id, { kind: "words", words: { note, label, mood: null } });
  }

  async #push(session_id: string, change: object): Promise<void> {
    this.#device_seq += 1;
    const stamp = {
      hlc_ms: Date.now(),
      device_id: this.device_id,
      device_seq: this.#device_seq,
    };
    const session = this.#starts.get(session_id);
    const op = { v: 1, op_id: randomUUID(), stamp, session, change };
    const answer = await this.ask("POST", "push", { ops: [op] });
    const [outcome] = answer["outcomes"];
    expect(outcome["outcome"], JSON.stringify(answer)).toBe("applied");
  }
}
