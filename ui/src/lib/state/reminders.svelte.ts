// Reminders: read when their settings are looked at, then followed.
import { Act } from "$lib/act.svelte";
import { asApiError } from "$lib/errors";
import type { ApiError } from "$lib/generated/ApiError";
import type { QuietHours } from "$lib/generated/QuietHours";
import type { ReminderList } from "$lib/generated/ReminderList";
import type { ReminderView } from "$lib/generated/ReminderView";
import { m } from "$lib/paraglide/messages";
import { clockMinute, WEEK } from "$lib/reminders";
import type { App } from "./app.svelte";

/** Seven in the morning, for a first one. */
const FIRST_MINUTE = 7 * 60;
/** From ten in the evening to six in the morning, for first hours of quiet. */
const FIRST_QUIET: QuietHours = { from_minute: 22 * 60, to_minute: 6 * 60 };

export class RemindersState {
  list = $state.raw<ReminderList | null>(null);
  readonly act = new Act<ApiError>(asApiError);

  readonly #app: App;

  constructor(app: App) {
    this.#app = app;
  }

  /** What the engine tells, once anybody has asked. */
  receive(list: ReminderList): void {
    if (this.list !== null) this.list = list;
  }

  async load(): Promise<void> {
    await this.act.run(async () => {
      this.list = await this.#app.port.call("reminders", {});
    });
  }

  async add(): Promise<boolean> {
    return this.#save({
      reminder_id: null,
      weekdays: [...WEEK],
      at_minute: FIRST_MINUTE,
      is_on: true,
    });
  }

  /** Changes one; the last of its days cannot be taken away. */
  async change(reminder: ReminderView, patch: Partial<ReminderView>): Promise<boolean> {
    const { reminder_id, weekdays, at_minute, is_on } = { ...reminder, ...patch };
    if (weekdays.length === 0) return false;
    return this.#save({ reminder_id, weekdays, at_minute, is_on });
  }

  async #save(
    args: Pick<ReminderView, "weekdays" | "at_minute" | "is_on"> & { reminder_id: string | null },
  ): Promise<boolean> {
    return this.act.run(async () => {
      this.list = await this.#app.port.call("save_reminder", args);
    });
  }

  async delete({ reminder_id, at_minute }: ReminderView): Promise<void> {
    const deleted = await this.act.run(async () => {
      this.list = await this.#app.port.call("delete_reminder", { reminder_id });
    });
    if (!deleted) return;
    this.#app.offerUndo(m.reminder_deleted({ time: clockMinute(at_minute) }), () => {
      void this.#app.attempt(async () => {
        this.list = await this.#app.port.call("restore_reminder", { reminder_id });
        this.#app.announcement = m.reminder_restored({ time: clockMinute(at_minute) });
      });
    });
  }

  async quiet(on: boolean): Promise<void> {
    await this.setQuiet(on ? FIRST_QUIET : null);
  }

  async setQuiet(quiet_hours: QuietHours | null): Promise<void> {
    await this.act.run(async () => {
      this.list = await this.#app.port.call("save_quiet_hours", { quiet_hours });
    });
  }
}
