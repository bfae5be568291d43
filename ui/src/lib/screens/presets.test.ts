// Presets: kept, chosen, put in order, changed, deleted and brought back, before the fake backend.
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import "$lib/components/presets/PresetSheet.svelte";
import { samePlan } from "$lib/plan";
import { FakePort } from "../../testing/fake-port";
import { somePresets } from "../../testing/fake-presets";
import { settings } from "../../testing/rows";
import { open, type Opened } from "../../testing/window";

beforeEach(() => {
  vi.useFakeTimers({ now: Date.UTC(2026, 10, 21, 12) });
});
afterEach(() => {
  vi.useRealTimers();
});

const focused = () => document.activeElement?.getAttribute("aria-label");
const names = (win: Opened) => win.port.presets.map((preset) => preset.name);
const chips = (win: Opened) =>
  win.all("preset").map((chip) => [chip.textContent, chip.getAttribute("aria-pressed")]);
const rows = (win: Opened) =>
  win.all("preset-row").map((row) => row.querySelector("p")?.textContent);

async function withPresets(): Promise<Opened> {
  const port = new FakePort();
  port.presets = somePresets();
  return open(port);
}

async function sheet(win: Opened): Promise<void> {
  await win.click("presets-open");
  await vi.waitFor(() => expect(win.has("presets-sheet")).toBe(true));
  await win.pass(0);
}

async function clickIn(win: Opened, name: string, testid: string): Promise<void> {
  const row = win.all("preset-row").find((one) => one.textContent?.includes(name));
  const button = row?.querySelector<HTMLElement>(`[data-testid=${testid}]`);
  button?.focus();
  button?.click();
  await win.pass(0);
  await win.pass(0);
}

describe("on the Sit screen", () => {
  test("a preset is chosen with one press and begun with", async () => {
    const win = await withPresets();
    expect(chips(win)).toEqual([
      ["Morning", "false"],
      ["Long evening", "false"],
      ["As long as it takes", "false"],
    ]);
    win.all("preset")[1]?.click();
    await win.pass(0);
    expect(win.at("planned").textContent).toContain("45:00");
    expect(win.at("summary").textContent).toContain("a bell every 15 min");
    expect(chips(win)[1]).toEqual(["Long evening", "true"]);
    expect(win.port.settings.choice).toEqual(somePresets()[1]?.choice);
    await win.click("begin");
    expect(win.port.called("begin")).toEqual([somePresets()[1]?.choice]);
  });

  test("what is typed of another length is put aside by it", async () => {
    const win = await withPresets();
    await win.click("chip-other");
    await win.type("length-input", "soon");
    win.all("preset")[0]?.click();
    await win.pass(0);
    expect(win.has("length-input")).toBe(false);
    await win.click("begin");
    expect(win.port.called("begin")).toMatchObject([{ planned_s: 1200, label: "Zazen" }]);
  });

  test("without presets there is no row of them, and a way to the first", async () => {
    const win = await open();
    expect(win.has("presets")).toBe(false);
    await sheet(win);
    expect(win.has("no-presets")).toBe(true);
  });

  test("a sit that begins elsewhere closes the sheet, and what was being changed stays", async () => {
    const win = await withPresets();
    await sheet(win);
    await clickIn(win, "Morning", "preset-edit");
    await win.type("preset-edit-name", "Dawn");
    await win.port.call("begin", settings().choice);
    await win.pass(0);
    await vi.waitFor(() => expect(win.has("presets-sheet")).toBe(false));
    await win.port.call("discard", { session_id: win.port.live?.view.session_id ?? "" });
    await win.pass(0);
    await sheet(win);
    expect((win.at("preset-edit-name") as HTMLInputElement).value).toBe("Dawn");
  });
});

describe("in the sheet", () => {
  test("what is chosen now is kept under a name", async () => {
    const win = await open();
    await win.click("chip-45");
    await sheet(win);
    await win.type("preset-name", " Morning ");
    await win.click("preset-keep");
    await win.pass(0);
    expect(names(win)).toEqual(["Morning"]);
    expect(win.port.presets[0]?.choice).toEqual(win.port.settings.choice);
    expect(win.at("presets-said").textContent).toBe("“Morning” is kept.");
    expect((win.at("preset-name") as HTMLInputElement).value).toBe("");
    expect(chips(win)).toEqual([["Morning", "true"]]);
  });

  test("a taken name is said, loses nothing, and may be meant", async () => {
    const win = await withPresets();
    await win.click("chip-5");
    await sheet(win);
    await win.type("preset-name", "MORNING");
    await win.click("preset-keep");
    expect(win.at("preset-name-below").textContent).toContain("a preset of that name already");
    expect((win.at("preset-name") as HTMLInputElement).value).toBe("MORNING");
    expect(win.port.presets).toEqual(somePresets());
    await win.click("preset-replace");
    await win.pass(0);
    expect(names(win)).toEqual(somePresets().map((preset) => preset.name));
    expect(win.port.presets[0]?.choice.planned_s).toBe(300);
    expect(win.has("preset-replace")).toBe(false);
  });

  test("no name is said in the field", async () => {
    const win = await open();
    await sheet(win);
    await win.click("preset-keep");
    expect(win.at("preset-name-below").textContent).toContain("needs a name");
    expect(win.port.presets).toEqual([]);
  });

  test("the arrows move a row and the keyboard stays with it", async () => {
    const win = await withPresets();
    await sheet(win);
    await clickIn(win, "Morning", "preset-down");
    expect(names(win)).toEqual(["Long evening", "Morning", "As long as it takes"]);
    expect(win.at("presets-said").textContent).toBe("“Morning” is now 2 of 3.");
    expect(focused()).toBe("Move Morning down");
    await clickIn(win, "Morning", "preset-down");
    expect(focused()).toBe("Move Morning up");
    expect(rows(win)).toEqual(["Long evening", "As long as it takes", "Morning"]);
  });

  test("an order that cannot be saved is not shown", async () => {
    const win = await withPresets();
    await sheet(win);
    win.port.fail("reorder_presets", "presets_changed");
    await clickIn(win, "Morning", "preset-down");
    expect(rows(win)).toEqual(somePresets().map((preset) => preset.name));
    expect(win.at("preset-error").textContent).toContain("have changed meanwhile");
  });

  test("a row is drawn by its handle to where the pointer is", async () => {
    const win = await withPresets();
    await sheet(win);
    win.all("preset-row").forEach((row, index) => {
      row.getBoundingClientRect = () => new DOMRect(0, index * 40, 300, 40);
    });
    const grip = win.all("preset-grip")[2];
    if (grip === undefined) throw new Error("no handle");
    grip.setPointerCapture = () => {};
    const point = async (type: string, clientY: number) => {
      const event = new MouseEvent(type, { bubbles: true, cancelable: true, clientY, button: 0 });
      grip.dispatchEvent(event);
      await win.pass(0);
    };
    await point("pointerdown", 100);
    await point("pointermove", 10);
    expect(rows(win)[0]).toBe("As long as it takes");
    expect(win.port.called("reorder_presets")).toEqual([]);
    await point("pointerup", 10);
    expect(names(win)).toEqual(["As long as it takes", "Morning", "Long evening"]);
  });

  test("a deleted preset is back with one press", async () => {
    const win = await withPresets();
    await sheet(win);
    await clickIn(win, "Long evening", "preset-delete");
    expect(names(win)).toEqual(["Morning", "As long as it takes"]);
    expect(focused()).toBe("Delete As long as it takes");
    expect(win.at("preset-undo").textContent).toContain("“Long evening” was deleted.");
    await win.click("preset-undo-go");
    await win.pass(0);
    expect(win.port.presets).toEqual(somePresets());
    expect(win.has("preset-undo")).toBe(false);
  });

  test("after the last one is deleted the keyboard goes to the field", async () => {
    const win = await withPresets();
    win.port.presets = somePresets().slice(0, 1);
    win.port.tell({ kind: "presets", value: win.port.presets });
    await win.pass(0);
    await sheet(win);
    await clickIn(win, "Morning", "preset-delete");
    expect(document.activeElement).toBe(win.at("preset-name"));
  });

  test("every choice of a preset can be changed, and counts once it is saved", async () => {
    const win = await withPresets();
    await sheet(win);
    await clickIn(win, "As long as it takes", "preset-edit");
    await win.type("preset-edit-name", "An hour");
    await win.click("preset-length-kind-timed");
    await win.type("preset-length", "60");
    await win.press("Enter");
    await win.click("bell-end-strikes-more");
    await win.click("intervals-every");
    expect(win.port.presets).toEqual(somePresets());
    await win.click("preset-save");
    await win.pass(0);
    expect(win.port.presets[2]).toMatchObject({
      name: "An hour",
      choice: {
        planned_s: 3600,
        intervals: { kind: "every", every_s: 300 },
        end_bell: { strikes: 2 },
      },
    });
    expect(win.has("preset-list")).toBe(true);
    expect(win.port.settings).toEqual(settings());
  });

  test("a length that is still being typed counts, and one that is none keeps the form open", async () => {
    const win = await withPresets();
    await sheet(win);
    await clickIn(win, "Morning", "preset-edit");
    const submit = async () => {
      win.at("preset-length").closest("form")?.requestSubmit();
      await win.pass(0);
    };
    await win.type("preset-length", "soon");
    await submit();
    expect(win.port.presets).toEqual(somePresets());
    expect(document.activeElement).toBe(win.at("preset-length"));
    await win.type("preset-length", "90");
    await submit();
    expect(win.port.presets[0]).toMatchObject({ name: "Morning", choice: { planned_s: 5400 } });
    expect(win.has("preset-list")).toBe(true);
  });

  test("what is refused stays to be mended, and may be given up", async () => {
    const win = await withPresets();
    await sheet(win);
    await clickIn(win, "Morning", "preset-edit");
    await win.type("preset-edit-name", "long EVENING");
    await win.click("preset-save");
    expect(win.at("preset-edit-name-below").textContent).toContain("of that name already");
    win.port.fail("save_preset", "intervals_too_long");
    await win.click("preset-save");
    expect(win.at("preset-edit-error").textContent).not.toBe("");
    await win.click("preset-cancel");
    expect(win.port.presets).toEqual(somePresets());
    expect(win.has("preset-list")).toBe(true);
  });

  test("what is chosen now is taken over into a preset", async () => {
    const win = await withPresets();
    await sheet(win);
    await clickIn(win, "As long as it takes", "preset-edit");
    await win.click("preset-use-now");
    expect(win.has("preset-use-now")).toBe(false);
    await win.click("preset-save");
    await win.pass(0);
    expect(win.port.presets[2]?.choice).toEqual(settings().choice);
  });
});

test("two plans are the same by what they hold, not by how they are written", () => {
  const { choice } = settings();
  const turned = Object.fromEntries(Object.entries(choice).toReversed()) as typeof choice;
  expect(samePlan(choice, turned)).toBe(true);
  expect(samePlan(choice, { ...choice, label: "x" })).toBe(false);
});
