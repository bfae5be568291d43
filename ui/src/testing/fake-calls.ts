// What every fake command has in common: it is written down, may be made to fail, and may be held
// back.
import type { AccountErrorCode } from "$lib/generated/AccountErrorCode";
import type { ApiError } from "$lib/generated/ApiError";
import type { ErrorCode } from "$lib/generated/ErrorCode";
import type { AccountCommandName, Args, CommandName, Reply } from "$lib/port";

type Code = ErrorCode | AccountErrorCode;
type Name = CommandName | AccountCommandName;

/** What answers each command of the engine. */
export type Handlers = { [K in CommandName]: (args: Args<K>) => Reply<K> };

export function apiError(code: ErrorCode, session_id: string | null = null): ApiError {
  return { code, message: `fake: ${code}`, session_id };
}

export class FakeCalls {
  /** Every call, in order. */
  calls: { name: string; args: unknown }[] = [];

  #failing = new Map<string, Code>();
  #held = new Map<string, Promise<void>>();

  /** The command fails until `mend`. */
  fail(name: Name, code: Code): void {
    this.#failing.set(name, code);
  }
  mend(name: Name): void {
    this.#failing.delete(name);
  }
  /** The command's reply waits until the returned function is called. */
  hold(name: Name): () => void {
    let release = () => {};
    this.#held.set(name, new Promise((resolve) => (release = resolve)));
    return () => {
      this.#held.delete(name);
      release();
    };
  }
  called(name: string): unknown[] {
    return this.calls.filter((call) => call.name === name).map((call) => call.args);
  }

  async answer<A, R>(name: Name, args: A, command: (args: A) => R): Promise<R> {
    this.calls.push({ name, args: structuredClone(args) });
    const code = this.#failing.get(name);
    if (code !== undefined) throw { code, message: `fake: ${code}`, session_id: null };
    const reply = structuredClone(command(structuredClone(args)));
    await this.#held.get(name);
    return reply;
  }
}
