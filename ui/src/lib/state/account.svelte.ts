// The account of this data folder: what a person does with it once it is there. How sync is comes
// from `SyncState`.
import { Act } from "$lib/act.svelte";
import { asAccountError } from "$lib/errors";
import type { DeviceId } from "$lib/generated/DeviceId";
import type { DeviceView } from "$lib/generated/DeviceView";
import type { Exported } from "$lib/generated/Exported";
import type { SignedInView } from "$lib/generated/SignedInView";
import type { Port } from "$lib/port";
import type { SyncState } from "./sync.svelte";

export class AccountState {
  /** Shown until the person has it: no screen change and no other command takes it away. */
  recovery_code = $state.raw<string | null>(null);
  devices = $state.raw<DeviceView[] | null>(null);

  readonly port: Port;
  readonly #sync: SyncState;
  readonly #naming = new Act(asAccountError);

  constructor(port: Port, sync: SyncState) {
    this.port = port;
    this.#sync = sync;
  }

  joined(reply: SignedInView): void {
    this.recovery_code = reply.recovery_code;
    this.devices = null;
    this.#sync.receive(reply.sync);
  }

  async claim(add: boolean): Promise<void> {
    this.#sync.receive(await this.port.account("claim", { add }));
  }

  async signOut(): Promise<void> {
    this.#sync.receive(await this.port.account("sign_out", {}));
    this.devices = null;
  }

  async leaveServer(): Promise<void> {
    this.#sync.receive(await this.port.account("leave_server", {}));
    this.devices = null;
  }

  async readDevices(): Promise<void> {
    this.devices = (await this.port.account("devices", {})).devices;
  }

  /** Reads the names of the devices once, where somebody asks. While no server is reached they have none
   * here and are called other devices, which is said of each and no failure. */
  async nameDevices(): Promise<void> {
    if (this.devices === null && this.#sync.signedIn) {
      await this.#naming.run(() => this.readDevices());
    }
  }

  async revoke(device_id: DeviceId): Promise<void> {
    this.devices = (await this.port.account("revoke_device", { device_id })).devices;
  }

  async changePassword(current_password: string, new_password: string): Promise<void> {
    const args = { current_password, new_password };
    this.#sync.receive(await this.port.account("change_password", args));
    await this.readDevices();
  }

  async newRecoveryCode(password: string): Promise<void> {
    const { recovery_code } = await this.port.account("new_recovery_code", { password });
    this.recovery_code = recovery_code;
  }

  /** Asks where to and writes; `null` if the person chose nowhere. */
  async export(suggested: string): Promise<Exported | null> {
    const path = await this.port.pickSavePath(suggested);
    return path === null ? null : this.port.account("export_account", { path });
  }

  async erase(password: string): Promise<void> {
    this.#sync.receive(await this.port.account("erase_account", { password }));
    this.devices = null;
  }
}
