// What the system does for Mitta: starts it at login. Read from the system each time it is looked at.
import { Act } from "$lib/act.svelte";
import { asApiError } from "$lib/errors";
import type { ApiError } from "$lib/generated/ApiError";
import type { StartAtLogin } from "$lib/generated/StartAtLogin";
import type { App } from "./app.svelte";

export class DeskState {
  atLogin = $state.raw<StartAtLogin | null>(null);
  readonly act = new Act<ApiError>(asApiError);

  readonly #app: App;

  constructor(app: App) {
    this.#app = app;
  }

  async look(): Promise<void> {
    await this.act.inTurn(async () => {
      this.atLogin = await this.#app.port.call("start_at_login", {});
    });
  }

  async startAtLogin(on: boolean): Promise<void> {
    await this.act.inTurn(async () => {
      this.atLogin = await this.#app.port.call("set_start_at_login", { on });
    });
  }
}
