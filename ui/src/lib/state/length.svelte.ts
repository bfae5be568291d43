// The length field: what was typed, and what the backend understood of it.
import { asApiError } from "$lib/errors";
import type { ApiError } from "$lib/generated/ApiError";
import type { Port } from "$lib/port";

export class LengthInput {
  text = $state("");
  understood_s = $state.raw<number | null>(null);
  error = $state.raw<ApiError | null>(null);

  #asked = 0;
  readonly #port: Port;
  readonly #understood: (planned_s: number) => void;

  constructor(port: Port, understood: (planned_s: number) => void) {
    this.#port = port;
    this.#understood = understood;
  }

  /** Resolves to whether the field is fit to begin with: understood, or empty. */
  async type(text: string): Promise<boolean> {
    this.text = text;
    const asked = ++this.#asked;
    if (text.trim() === "") {
      this.understood_s = null;
      this.error = null;
      return true;
    }
    try {
      const { planned_s } = await this.#port.call("parse_length", { text });
      if (asked !== this.#asked) return false;
      this.understood_s = planned_s;
      this.error = null;
      this.#understood(planned_s);
      return true;
    } catch (thrown) {
      if (asked !== this.#asked) return false;
      this.understood_s = null;
      this.error = asApiError(thrown);
      return false;
    }
  }

  clear(): void {
    void this.type("");
  }
}
