// Reminders: read when their settings are looked at, then followed.
import { Act } from "$lib/act.svelte";
import { asApiError } from "$lib/errors";
import type { ApiError } from "$lib/generated/ApiError";
import type { QuietHours } from "$lib/generated/QuietHours";
import type { ReminderList } from "$lib/generated/ReminderList";
import type { ReminderView } from "$lib/generated/ReminderView";
import { m } from "$lib/paraglide/messages";
import { clockMinute, WEEK, type Weekday } from "$lib/reminders";
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
    await this.act.inTurn(async () => {
      this.list = await this.#app.port.call("reminders", {});
    });
  }

  async add(): Promise<boolean> {
    return this.act.inTurn(async () => {
      this.list = await this.#app.port.call("save_reminder", {
        reminder_id: null,
        weekdays: [...WEEK],
        at_minute: FIRST_MINUTE,
        is_on: true,
      });
    });
  }

  /** Changes one, as it is when the changes before this one are saved. */
  async change(
    { reminder_id }: ReminderView,
    changed: (now: ReminderView) => Partial<ReminderView>,
  ): Promise<boolean> {
    return this.act.inTurn(async () => {
      const now = this.list?.reminders.find((one) => one.reminder_id === reminder_id);
      if (now === undefined) return;
      const { weekdays, at_minute, is_on } = { ...now, ...changed(now) };
      const args = { reminder_id, weekdays, at_minute, is_on };
      this.list = await this.#app.port.call("save_reminder", args);
    });
  }

  /** Adds or takes away a day; the last one stays. */
  async toggle(reminder: ReminderView, day: Weekday): Promise<boolean> {
    return this.change(reminder, ({ weekdays }) => {
      const toggled = WEEK.filter((one) => (one === day) !== weekdays.includes(one));
      return toggled.length === 0 ? {} : { weekdays: toggled };
    });
  }

  async delete({ reminder_id, at_minute }: ReminderView): Promise<void> {
    const deleted = await this.act.inTurn(async () => {
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

  /** Hours of quiet: those there are now as changed, or the first ones; none for `null`. */
  async quiet(changed: ((now: QuietHours) => QuietHours) | null): Promise<boolean> {
    return this.act.inTurn(async () => {
      const quiet_hours = changed && changed(this.list?.quiet_hours ?? FIRST_QUIET);
      this.list = await this.#app.port.call("save_quiet_hours", { quiet_hours });
    });
  }
}
