// Reminders in the settings, before the fake backend: 21 November 2026 is a Saturday.
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import "$lib/screens/Settings.svelte";
import { clockMinute, minuteIn, weekFrom } from "$lib/reminders";
import { FakePort } from "../../testing/fake-port";
import { someReminders } from "../../testing/fake-reminders";
import { openSettings, type Opened } from "../../testing/window";

beforeEach(() => {
  vi.useFakeTimers({ now: Date.UTC(2026, 10, 21, 12) });
});
afterEach(() => {
  vi.useRealTimers();
});

const settings = (port?: FakePort) => openSettings("reminder-add", port);

async function withTwo(): Promise<Opened> {
  const port = new FakePort();
  port.reminders = someReminders();
  return settings(port);
}

const kept = (win: Opened) =>
  win.port.reminders.reminders.map((one) => [
    clockMinute(one.at_minute),
    one.weekdays.join(" "),
    one.is_on,
  ]);
const page = () => document.body.textContent ?? "";

describe("Reminders", () => {
  test("a first one is for every day, and its time is there to be changed", async () => {
    const win = await settings();
    expect(page()).toContain("Nothing reminds you to sit");
    await win.click("reminder-add");
    await win.pass(0);
    expect(kept(win)).toEqual([["07:00", "Mon Tue Wed Thu Fri Sat Sun", true]]);
    expect(document.activeElement).toBe(win.at("reminder-time"));
    await win.type("reminder-time", "6.45");
    await win.press("Enter");
    await win.pass(0);
    expect(kept(win)[0]?.[0]).toBe("06:45");
    expect(page()).toContain("Next on Sunday 22 November");
  });

  test("a time that is none is said and changes nothing", async () => {
    const win = await withTwo();
    const before = kept(win);
    await win.type("reminder-time", "25:00");
    await win.press("Enter");
    expect(page()).toContain("A time such as 7, 7:30 or 19:30.");
    expect(win.at("reminder-time").getAttribute("aria-invalid")).toBe("true");
    expect(kept(win)).toEqual(before);
  });

  test("days are switched one by one, and one stays", async () => {
    const win = await withTwo();
    for (const day of ["Mon", "Tue", "Wed", "Thu"]) {
      await win.click(`reminder-${day}`);
      await win.pass(0);
    }
    expect(kept(win)[0]?.[1]).toBe("Fri");
    await win.click("reminder-Fri");
    await win.pass(0);
    expect(kept(win)[0]?.[1]).toBe("Fri");
    expect(win.at("reminder-Fri").title).toBe("A reminder needs a day");
  });

  test("days that are pressed at once all count", async () => {
    const win = await withTwo();
    for (const day of ["Mon", "Tue", "Sat"]) win.at(`reminder-${day}`).click();
    await win.pass(0);
    expect(kept(win)[0]?.[1]).toBe("Wed Thu Fri Sat");
  });

  test("a time that could not be saved stays as it was typed", async () => {
    const win = await withTwo();
    win.port.fail("save_reminder", "disk_full");
    await win.type("reminder-time", "8.15");
    await win.press("Enter");
    await win.pass(0);
    expect((win.at("reminder-time") as HTMLInputElement).value).toBe("8.15");
    win.port.mend("save_reminder");
    await win.press("Enter");
    await win.pass(0);
    expect(kept(win)[0]?.[0]).toBe("08:15");
    expect((win.at("reminder-time") as HTMLInputElement).value).toBe("08:15");
  });

  test("one that lies in the quiet hours says so", async () => {
    const win = await withTwo();
    expect(win.all("reminder-quiet").length).toBe(1);
    await win.type("quiet-from", "23:00");
    await win.press("Enter");
    await win.pass(0);
    expect(win.port.reminders.quiet_hours).toEqual({ from_minute: 1380, to_minute: 360 });
    expect(win.has("reminder-quiet")).toBe(false);
    expect(document.body.textContent).not.toContain("no hour is quiet");
    await win.type("quiet-to", "23:00");
    await win.press("Enter");
    await win.pass(0);
    expect(document.body.textContent).toContain("Both are the same time: no hour is quiet.");
    await win.click("quiet-hours");
    await win.pass(0);
    expect(win.port.reminders.quiet_hours).toBeNull();
    expect(win.has("quiet-from")).toBe(false);
  });

  test("a night whose clocks leave out its time is said, and a zone that is not known", async () => {
    const port = new FakePort();
    const [first] = someReminders().reminders;
    if (first === undefined) throw new Error("no reminder");
    const moved = (is_quiet: boolean, to_quiet: boolean) => ({
      ...someReminders(),
      reminders: [
        {
          ...first,
          at_minute: 150,
          is_quiet,
          moved: { local_date: "2027-03-28", at_minute: 180, is_quiet: to_quiet },
        },
      ],
    });
    port.reminders = moved(false, false);
    const win = await settings(port);
    const check = (said: string) => {
      expect(win.at("reminder-moved").textContent?.trim()).toBe(said);
      expect(win.has("reminder-quiet")).toBe(false);
    };
    check("On Sunday 28 March 2027 the clocks leave out 02:30: it is shown at 03:00 then.");
    win.port.tell({ kind: "reminders", value: moved(false, true) });
    await win.pass(0);
    check(
      "On Sunday 28 March 2027 the clocks leave out 02:30, and 03:00 is within the quiet hours: it is not shown then.",
    );
    win.port.tell({ kind: "reminders", value: moved(true, false) });
    await win.pass(0);
    check(
      "Within the quiet hours, so it is not shown, but for Sunday 28 March 2027: the clocks leave out 02:30 then, and it is shown at 03:00.",
    );
    win.port.tell({ kind: "reminders", value: { ...someReminders(), tz: null } });
    await win.pass(0);
    expect(page()).toContain("times of UTC");
    expect(win.has("reminder-moved")).toBe(false);
  });

  test("one is switched off, deleted and brought back", async () => {
    const win = await withTwo();
    await win.click("reminder-on");
    await win.pass(0);
    expect(kept(win)[0]?.[2]).toBe(false);
    await win.click("reminder-delete");
    await win.pass(0);
    expect(kept(win).length).toBe(1);
    expect(document.activeElement).toBe(win.at("reminder-add"));
    expect(win.at("line-undo").textContent).toContain("The reminder at 07:00 was deleted.");
    await win.click("line-undo-action");
    await win.pass(0);
    expect(kept(win).length).toBe(2);
  });

  test("what fails is said where it was done", async () => {
    const win = await withTwo();
    win.port.fail("save_reminder", "disk_full");
    await win.click("reminder-on");
    await win.pass(0);
    expect(win.at("reminders-error").textContent?.trim()).not.toBe("");
    expect(kept(win)[0]?.[2]).toBe(true);
  });

  test("what changes elsewhere, or with the zone, is shown", async () => {
    const win = await withTwo();
    win.port.tell({ kind: "reminders", value: { ...someReminders(), next_ms: null } });
    await win.pass(0);
    expect(page()).toContain("Nothing reminds you to sit");
  });
});

test.each([
  ["7", 420],
  ["07:05", 425],
  ["7.05", 425],
  ["1930", 1170],
  ["7 pm", 1140],
  ["12am", 0],
  ["12:30 p.m.", 750],
  ["0:00", 0],
  ["24:00", null],
  ["7:60", null],
  ["13 pm", null],
  ["0 am", null],
  ["soon", null],
  ["", null],
])("%s is %s minutes from midnight", (text, minute) => {
  expect(minuteIn(text)).toBe(minute);
});

test("a week is shown from the day it starts with", () => {
  expect(weekFrom("Sun").join(" ")).toBe("Sun Mon Tue Wed Thu Fri Sat");
  expect(weekFrom("Mon")[0]).toBe("Mon");
});
