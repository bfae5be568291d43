// Making an account, signing in, or setting a new password with the recovery code: what was typed,
// whether the server is one, and what was wrong where.
import { asAccountError, wordsFor } from "$lib/errors";
import type { AccountErrorCode } from "$lib/generated/AccountErrorCode";
import type { ServerInfo } from "$lib/generated/ServerInfo";
import type { SignedInView } from "$lib/generated/SignedInView";
import type { SyncAccount } from "$lib/generated/SyncAccount";
import { m } from "$lib/paraglide/messages";
import type { Port } from "$lib/port";

export type Joining = "sign_up" | "sign_in" | "recover";
export type JoinField =
  "server_url" | "login" | "recovery_code" | "password" | "display_name" | "device_name";

/** The fields of each form in their order; all but the name of the device are needed. */
export const FIELDS: Record<Joining, readonly JoinField[]> = {
  sign_up: ["server_url", "login", "password", "display_name", "device_name"],
  sign_in: ["server_url", "login", "password", "device_name"],
  recover: ["server_url", "login", "recovery_code", "password", "device_name"],
};

const FIELD_OF: Partial<Record<AccountErrorCode, JoinField>> = {
  offline: "server_url",
  timeout: "server_url",
  certificate_refused: "server_url",
  insecure_address: "server_url",
  invalid_address: "server_url",
  not_mitta: "server_url",
  update_this: "server_url",
  update_server: "server_url",
  login_taken: "login",
  invalid_login: "login",
  wrong_login: "password",
  wrong_password: "password",
  invalid_password: "password",
  wrong_recovery_code: "recovery_code",
  invalid_name: "display_name",
};

export class JoinState {
  kind = $state.raw<Joining>("sign_in");
  typed = $state<Record<JoinField, string>>({
    server_url: "",
    login: "",
    recovery_code: "",
    password: "",
    display_name: "",
    device_name: "",
  });
  /** The server as it answered, until its address is changed. */
  server = $state.raw<ServerInfo | null>(null);
  checking = $state.raw(false);
  busy = $state.raw(false);
  /** What is wrong with a field, in words. */
  errors = $state.raw<Partial<Record<JoinField, string>>>({});
  /** What is wrong with none of them. */
  error = $state.raw<string | null>(null);
  /** There is no keyring: may a file keep the sign-in? */
  asksForFile = $state.raw(false);

  /** The account to come back to, where it is one that is here already. */
  readonly known: SyncAccount | null;
  readonly #port: Port;
  readonly #joined: (reply: SignedInView) => void;
  #checked: { address: string; answers: Promise<boolean> } | null = null;

  constructor(port: Port, known: SyncAccount | null, joined: (reply: SignedInView) => void) {
    this.#port = port;
    this.known = known;
    this.#joined = joined;
    if (known === null) return;
    this.typed.server_url = known.server_url;
    this.typed.login = known.login;
  }

  /** The fields to fill in: of a known account neither its server nor its login. */
  get fields(): readonly JoinField[] {
    return FIELDS[this.kind].filter(
      (field) => this.known === null || (field !== "server_url" && field !== "login"),
    );
  }

  /** Another form; what was typed stays, what was wrong with it goes. */
  turn(kind: Joining): void {
    this.kind = kind;
    this.errors = {};
    this.error = null;
    this.asksForFile = false;
  }

  type(field: JoinField, text: string): void {
    this.typed[field] = text;
    if (this.errors[field] !== undefined) this.errors = { ...this.errors, [field]: undefined };
    this.error = null;
    this.asksForFile = false;
    if (field !== "server_url") return;
    this.server = null;
    this.checking = false;
    this.#checked = null;
  }

  /** Whether a Mitta server answers at the address as it stands; asked once for each. */
  check(): Promise<boolean> {
    const address = this.typed.server_url.trim();
    if (address === "") return Promise.resolve(false);
    if (this.#checked?.address !== address) {
      this.#checked = { address, answers: this.#look(address) };
    }
    return this.#checked.answers;
  }

  async #look(server_url: string): Promise<boolean> {
    const isStill = () => this.typed.server_url.trim() === server_url;
    this.checking = true;
    try {
      const server = await this.#port.account("check_server", { server_url });
      if (isStill()) this.server = server;
      return true;
    } catch (thrown) {
      if (isStill()) {
        this.#fail(thrown);
        // What did not answer now may do so the next time.
        this.#checked = null;
      }
      return false;
    } finally {
      if (isStill()) this.checking = false;
    }
  }

  #fail(thrown: unknown): void {
    const { code } = asAccountError(thrown);
    if (code === "keyring_unavailable") {
      this.asksForFile = true;
      return;
    }
    const at = FIELD_OF[code];
    if (at !== undefined && this.fields.includes(at)) {
      this.errors = { ...this.errors, [at]: wordsFor(code) };
    } else {
      this.error = wordsFor(code);
    }
  }

  #isFilledIn(): boolean {
    const empty = this.fields.filter(
      (field) => field !== "device_name" && this.typed[field].trim() === "",
    );
    this.errors = Object.fromEntries(empty.map((field) => [field, m.field_needed()]));
    return empty.length === 0;
  }

  /** @param inFile the person agreed that a file keeps the sign-in */
  async submit(inFile = this.known?.token_in_file ?? false): Promise<void> {
    if (this.busy) return;
    this.error = null;
    this.asksForFile = false;
    if (!this.#isFilledIn()) return;
    this.busy = true;
    try {
      if (this.known === null && !(await this.check())) return;
      const reply = await this.#send(inFile);
      this.typed.password = "";
      this.typed.recovery_code = "";
      this.#joined(reply);
    } catch (thrown) {
      this.#fail(thrown);
    } finally {
      this.busy = false;
    }
  }

  #send(token_in_file: boolean): Promise<SignedInView> {
    const { login, password, recovery_code, display_name, device_name } = this.typed;
    const common = {
      server_url: this.server?.server_url ?? this.typed.server_url.trim(),
      login: login.trim(),
      device_name: device_name.trim(),
      token_in_file,
    };
    switch (this.kind) {
      case "sign_up":
        return this.#port.account("sign_up", {
          ...common,
          password,
          display_name: display_name.trim(),
        });
      case "sign_in":
        return this.#port.account("sign_in", { ...common, password });
      case "recover":
        return this.#port.account("recover_account", {
          ...common,
          recovery_code: recovery_code.trim(),
          new_password: password,
        });
    }
  }
}
