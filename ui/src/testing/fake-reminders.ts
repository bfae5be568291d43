// Reminders as the engine keeps them, for tests and previews: the next one as by the clock of UTC.
import type { ReminderList } from "$lib/generated/ReminderList";
import type { ReminderView } from "$lib/generated/ReminderView";
import type { Update } from "$lib/generated/Update";
import type { Args } from "$lib/port";
import { WEEK } from "$lib/reminders";
import { apiError } from "./fake-calls";
import { DAY_MS, idOf } from "./rows";

interface Keeper {
  reminders: ReminderList;
  tell: (update: Update) => void;
}

export function noReminders(): ReminderList {
  return { reminders: [], quiet_hours: null, next_ms: null, tz: "UTC" };
}

/** A list with what follows from it. */
function listed(reminders: ReminderView[], quiet: ReminderList["quiet_hours"]): ReminderList {
  const inQuiet = (minute: number) => {
    if (quiet === null) return false;
    const [from, to] = [quiet.from_minute, quiet.to_minute];
    return from <= to ? from <= minute && minute < to : from <= minute || minute < to;
  };
  const all = reminders
    .map((one) => ({ ...one, is_quiet: inQuiet(one.at_minute) }))
    .toSorted((a, b) => a.at_minute - b.at_minute);
  const midnight_ms = Math.floor(Date.now() / DAY_MS) * DAY_MS;
  const moments = all
    .filter((one) => one.is_on && !one.is_quiet)
    .flatMap((one) =>
      Array.from({ length: 8 }, (_, ahead) => midnight_ms + ahead * DAY_MS)
        .filter((day_ms) => {
          const day = WEEK[(new Date(day_ms).getUTCDay() + 6) % 7];
          return day !== undefined && one.weekdays.includes(day);
        })
        .map((day_ms) => day_ms + one.at_minute * 60_000),
    )
    .filter((at_ms) => at_ms > Date.now());
  const next_ms = moments.length === 0 ? null : Math.min(...moments);
  return { reminders: all, quiet_hours: quiet, next_ms, tz: "UTC" };
}

export function reminderCommands(keeper: Keeper) {
  let made = 600;
  const deleted = new Map<string, ReminderView>();
  const become = (reminders: ReminderView[], quiet = keeper.reminders.quiet_hours) => {
    const inOrder = reminders.toSorted((a, b) => a.at_minute - b.at_minute);
    keeper.reminders = listed(inOrder, quiet);
    keeper.tell({ kind: "reminders", value: keeper.reminders });
    return keeper.reminders;
  };
  return {
    reminders: () => keeper.reminders,
    save_reminder: (args: Args<"save_reminder">) => {
      const { reminder_id, ...rest } = args;
      const all = keeper.reminders.reminders;
      if (reminder_id === null) {
        return become([
          ...all,
          { ...rest, reminder_id: idOf(++made), is_quiet: false, moved: null },
        ]);
      }
      if (!all.some((one) => one.reminder_id === reminder_id)) throw apiError("unknown_reminder");
      return become(
        all.map((one) => (one.reminder_id === reminder_id ? { ...one, ...rest } : one)),
      );
    },
    delete_reminder: ({ reminder_id }: Args<"delete_reminder">) => {
      const gone = keeper.reminders.reminders.find((one) => one.reminder_id === reminder_id);
      if (gone === undefined) throw apiError("unknown_reminder");
      deleted.set(reminder_id, gone);
      return become(keeper.reminders.reminders.filter((one) => one !== gone));
    },
    restore_reminder: ({ reminder_id }: Args<"restore_reminder">) => {
      const was = deleted.get(reminder_id);
      if (was === undefined) throw apiError("unknown_reminder");
      return become([...keeper.reminders.reminders, was]);
    },
    save_quiet_hours: ({ quiet_hours }: Args<"save_quiet_hours">) =>
      become(keeper.reminders.reminders, quiet_hours),
  };
}

/** Two reminders, one of them in the quiet hours, to look at. */
export function someReminders(): ReminderList {
  const reminder = (n: number, at_minute: number, weekdays: ReminderView["weekdays"]) => ({
    reminder_id: idOf(600 + n),
    weekdays,
    at_minute,
    is_on: true,
    is_quiet: false,
    moved: null,
  });
  return listed(
    [
      reminder(1, 7 * 60, ["Mon", "Tue", "Wed", "Thu", "Fri"]),
      reminder(2, 22 * 60 + 30, [...WEEK]),
    ],
    { from_minute: 22 * 60, to_minute: 6 * 60 },
  );
}
