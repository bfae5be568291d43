// The account port's half of the fake backend: one server with one account, and how sync is with
// it.
import type { AccountCheck } from "$lib/generated/AccountCheck";
import type { AccountCheckName } from "$lib/generated/AccountCheckName";
import type { AccountFound } from "$lib/generated/AccountFound";
import type { AccountError } from "$lib/generated/AccountError";
import type { AccountErrorCode } from "$lib/generated/AccountErrorCode";
import type { DeviceView } from "$lib/generated/DeviceView";
import type { RejectedOp } from "$lib/generated/RejectedOp";
import type { SignedInView } from "$lib/generated/SignedInView";
import type { SyncAccount } from "$lib/generated/SyncAccount";
import type { SyncView } from "$lib/generated/SyncView";
import type { AccountArgs, AccountCommandName, AccountReply } from "$lib/port";
import { FakePartners } from "./fake-partners";
import { FakeTogether } from "./fake-together";
import { idOf } from "./rows";

type Handlers = { [K in AccountCommandName]: (args: AccountArgs<K>) => AccountReply<K> };

export const CODE = "MOSS-RAIN-7QK4-PINE-02HV-BELL";
const SERVER_URL = `${"https:"}//mitta.example.org`;

export const ANNA: SyncAccount = {
  server_url: SERVER_URL,
  login: "anna",
  display_name: "Anna",
  is_signed_in: true,
  token_in_file: false,
};

export function accountError(code: AccountErrorCode): AccountError {
  return { code, message: `fake: ${code}` };
}

/** How sync is without an account. */
export function syncView(patch: Partial<SyncView> = {}): SyncView {
  return {
    word: "no_account",
    account: null,
    waiting: 0,
    rejected: 0,
    local_sits: 0,
    last_success_ms: null,
    offline_since_ms: null,
    next_try_ms: null,
    problem: null,
    progress: null,
    clock_offset_ms: null,
    compared_at_ms: null,
    differing_weeks: [],
    ...patch,
  };
}

/** Signed in, and all is well unless `patch` says otherwise. */
export function synced(patch: Partial<SyncView> = {}): SyncView {
  const account = { ...ANNA };
  return syncView({ word: "up_to_date", account, last_success_ms: Date.now(), ...patch });
}

function checksOf(view: SyncView): AccountCheck[] {
  const well = (name: AccountCheckName, found: AccountFound, more: Partial<AccountCheck> = {}) => ({
    ...{ name, ok: true, found, text: null, display_name: null, server_url: null, count: null },
    ...{ credited_s: null, error_ms: null, at_ms: null, dates: [], code: null, advice: null },
    ...more,
  });
  const account = view.account;
  if (account === null) return [well("account", "no_account")];
  const { login: text, server_url } = account;
  return [
    well("account", "account", { text, server_url }),
    well("server", "server", { text: "0.1.0", server_url }),
    well("server_clock", "server_clock", { count: -90_000, ok: false, advice: "set_clock" }),
    well("keyring", "kept_in_keyring"),
    well("refused", "refused", { count: view.rejected }),
    well("totals", "totals", { count: 204, credited_s: 244_800, at_ms: view.last_success_ms }),
  ];
}

export function rejectedOp(n: number, change: string, code: string): RejectedOp {
  const started_at_ms = Date.now() - n * 86_400_000;
  return {
    op_id: idOf(7000 + n),
    session_id: idOf(n),
    started_at_ms,
    change,
    code,
    rejected_at_ms: started_at_ms + 3_600_000,
  };
}

export class FakeAccount {
  view = syncView();
  password = "correct horse";
  devices: DeviceView[] = [
    { name: "Kitchen laptop", is_this: true, last_seen_at_ms: Date.now(), n: 1 },
    { name: "Desk", is_this: false, last_seen_at_ms: Date.now() - 3 * 3_600_000, n: 2 },
    { name: "Old netbook", is_this: false, last_seen_at_ms: Date.now() - 40 * 86_400_000, n: 3 },
  ].map(({ n, ...device }) => ({ ...device, device_id: idOf(n), is_signed_in: n !== 3 }));
  rejected: RejectedOp[] = [];
  /** No keyring: a sign-in needs the agreement to a file. */
  keyless = false;

  readonly partners = new FakePartners(() => this.view);
  readonly together = new FakeTogether(this.partners);

  readonly #told: (view: SyncView) => void;

  constructor(told: (view: SyncView) => void) {
    this.#told = told;
  }

  /** Sync comes to be so, and is told. */
  become(view: SyncView): SyncView {
    this.view = view;
    this.#told(view);
    return view;
  }

  #join(in_file: boolean, patch: Partial<SyncAccount>, code: string | null): SignedInView {
    if (this.keyless && !in_file) throw accountError("keyring_unavailable");
    const account = { ...ANNA, ...patch, token_in_file: in_file };
    const asks = this.view.account === null && this.view.local_sits > 0;
    const word = asks ? "claim_asked" : "up_to_date";
    const sync = this.become({ ...this.view, word, account, last_success_ms: null });
    return { sync, recovery_code: code };
  }

  #know(password: string): void {
    if (password !== this.password) throw accountError("wrong_password");
  }

  #out(account: SyncAccount | null): SyncView {
    const { local_sits, waiting } = this.view;
    const word = account === null ? "no_account" : "sign_in_needed";
    return this.become(syncView({ word, account, local_sits, waiting }));
  }

  readonly commands: Handlers = {
    ...this.partners.commands,
    ...this.together.commands,
    examine_account: () => ({ checks: checksOf(this.view) }),
    sync_view: () => this.view,
    sync_now: () => this.become({ ...this.view, word: "up_to_date", waiting: 0, problem: null }),
    cancel_sync: () => this.become({ ...this.view, word: "waiting", progress: null }),
    check_server: ({ server_url }) => {
      if (!server_url.includes(".")) throw accountError("invalid_address");
      const named = server_url.replace(/^.*:\/\//, "");
      return { server_url: `${"https:"}//${named}`, version: "0.1.0", clock_offset_ms: 0 };
    },
    sign_up: ({ login, display_name, token_in_file }) =>
      this.#join(token_in_file, { login, display_name }, CODE),
    sign_in: ({ login, password, token_in_file }) => {
      if (password !== this.password) throw accountError("wrong_login");
      return this.#join(token_in_file, { login }, null);
    },
    recover_account: ({ login, recovery_code, token_in_file }) => {
      if (recovery_code !== CODE) throw accountError("wrong_recovery_code");
      return this.#join(token_in_file, { login }, "FERN-TIDE-11XA-OAK0-9PLM-DUSK");
    },
    claim: ({ add }) => (add ? this.become({ ...this.view, word: "waiting" }) : this.#out(null)),
    sign_out: () => {
      const { account } = this.view;
      return this.#out(account === null ? null : { ...account, is_signed_in: false });
    },
    leave_server: () => this.#out(null),
    devices: () => ({ devices: this.devices }),
    revoke_device: ({ device_id }) => {
      const device = this.devices.find((one) => one.device_id === device_id);
      if (device === undefined) throw accountError("no_such_device");
      device.is_signed_in = false;
      return { devices: this.devices };
    },
    change_password: ({ current_password, new_password }) => {
      this.#know(current_password);
      if (new_password.length < 8) throw accountError("invalid_password");
      this.password = new_password;
      return this.view;
    },
    new_recovery_code: ({ password }) => {
      this.#know(password);
      return { recovery_code: CODE };
    },
    export_account: ({ path }) => ({ path, bytes: 12_345 }),
    erase_account: ({ password }) => {
      this.#know(password);
      return this.#out(null);
    },
    rejected: () => ({ ops: this.rejected }),
    export_rejected: ({ path }) => ({ path, bytes: 640 }),
    dismiss_rejected: ({ op_id }) => {
      this.rejected = this.rejected.filter((op) => op.op_id !== op_id);
      const left = this.rejected.length;
      this.become({ ...this.view, rejected: left, word: left > 0 ? "rejected" : "up_to_date" });
      return { ops: this.rejected };
    },
  };
}
