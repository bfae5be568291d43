// Sits from files and into files, driven as a person drives them in the settings.
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import "./Settings.svelte";
import { FakePort } from "../../testing/fake-port";
import { open } from "../../testing/window";

beforeEach(() => {
  vi.useFakeTimers({ now: Date.UTC(2026, 10, 29, 12) });
});
afterEach(() => {
  vi.useRealTimers();
});

async function opened(port = new FakePort()) {
  const win = await open(port, "#settings");
  await vi.waitFor(() => expect(win.has("import-choose")).toBe(true));
  return win;
}

/** A file is chosen and every question answered. */
async function answered(port = new FakePort()) {
  const win = await opened(port);
  await win.click("import-choose");
  await win.click("import-zone-yes");
  await win.click("import-dates-day_first");
  return win;
}

const disabled = (element: HTMLElement) => (element as HTMLButtonElement).disabled;

describe("Importing", () => {
  test("nothing can be imported before every question is answered", async () => {
    const win = await opened();
    await win.click("import-choose");
    expect(win.has("import-would")).toBe(false);
    expect(disabled(win.at("import-run"))).toBe(true);
    await win.click("import-zone-yes");
    expect(disabled(win.at("import-run"))).toBe(true);
    await win.click("import-dates-day_first");
    expect(disabled(win.at("import-run"))).toBe(false);
    expect(win.at("import-would").textContent).toContain("1,204 sits would come");
    expect(win.port.called("import_file")).toEqual([]);
  });

  test("what was answered is what is imported, and it can be taken back", async () => {
    const win = await answered();
    await win.click("import-run");
    expect(win.port.called("import_file")).toEqual([
      { path: "/home/anna/insight.csv", zone: "Europe/Berlin", dates: "day_first", times: null },
    ]);
    expect(win.at("import-done").textContent).toContain("1,204 sits were imported");
    await win.click("import-undo");
    expect(win.port.called("undo_import")).toEqual([{ import_seq: 1 }]);
    expect(win.at("import-done").textContent).toContain("taken back");
    await win.click("import-undo");
    expect(win.port.called("redo_import")).toEqual([{ import_seq: 1 }]);
  });

  test("a sit that had only begun here is a reason to import, and is told", async () => {
    const port = new FakePort();
    const { file } = port.transfer;
    file.counts = { ...file.counts, new: 0, already_there: 0, ended: 1, refused: 0 };
    const win = await answered(port);
    expect(disabled(win.at("import-run"))).toBe(false);
    await win.click("import-run");
    expect(win.at("import-count-ended").textContent).toContain("only begun here gets its end");
    // It belongs to no import, which could be taken back.
    expect(win.has("import-undo")).toBe(false);
  });

  test("each refused row says its line and its reason, and all rows can be saved", async () => {
    const win = await answered();
    await win.click("import-count-refused");
    const rows = win.at("import-rows").textContent;
    expect(rows).toContain("line 7");
    expect(rows).toContain("no time that can be read: soon");
    expect(rows).toContain("at the same time as line 8");
    await win.click("import-count-refused");
    expect(win.has("import-rows")).toBe(false);
    await win.click("import-save-rows");
    expect(win.port.called("save_import_rows")).toEqual([
      { path: "/home/anna/mitta-import-rows.csv" },
    ]);
  });

  test("a row that is there, or collides, says its own time and that of the other sit", async () => {
    const win = await answered();
    await win.click("import-count-refused");
    expect(win.at("import-rows").textContent).toMatch(
      /line 11 .*18.*08:05 · at the same time as another sit in your history: .*18.*08:00/,
    );
    await win.click("import-count-already_there");
    expect(win.at("import-rows").textContent).toMatch(
      /line 12 .*17.*08:00 · 20 min · in your history: .*17.*08:01/,
    );
  });

  test("progress is shown with its counts and can be cancelled", async () => {
    const win = await answered();
    const release = win.port.hold("import_file");
    await win.click("import-run");
    win.port.tell({
      kind: "transfer",
      value: { phase: "reading", done: 40, total: 100, sits: 500 },
    });
    await win.pass(0);
    expect(win.at("transfer-progress").textContent).toContain("500 sits");
    expect(disabled(win.at("import-choose"))).toBe(true);
    await win.click("transfer-cancel");
    expect(win.port.called("cancel_transfer")).toHaveLength(1);
    release();
    await win.pass(0);
    expect(win.has("transfer-progress")).toBe(false);
  });

  test("a file that cannot be read says what to do, and nothing is left standing", async () => {
    const port = new FakePort();
    port.fail("import_preview", "import_zip");
    const win = await opened(port);
    await win.click("import-choose");
    expect(win.at("transfer-error").textContent).toContain("export.xml");
    expect(win.has("import-preview")).toBe(false);
    port.mend("import_preview");
    await win.click("import-choose");
    expect(win.has("transfer-error")).toBe(false);
  });

  test("a file that was imported otherwise needs the first import undone", async () => {
    const port = new FakePort();
    port.transfer.file = { ...port.transfer.file, asks: [], is_read_otherwise: true };
    const win = await opened(port);
    await win.click("import-choose");
    expect(disabled(win.at("import-run"))).toBe(true);
    expect(win.at("import-otherwise").textContent).toBe(
      "This very file was imported before, with its times read otherwise. Undo that import first.",
    );
  });

  test("a file that breaks off says so, and of the half row why it was refused", async () => {
    const port = new FakePort();
    const broken = "The file ends before it should. What came before can be imported.";
    const win = await answered(port);
    expect(win.at("import-preview").textContent).not.toContain(broken);
    await win.click("import-leave");
    port.transfer.file = { ...port.transfer.file, breaks_off: true };
    port.transfer.refuse(13, "breaks_off");
    await win.click("import-choose");
    expect(win.at("import-preview").textContent).toContain(broken);
    await win.click("import-zone-yes");
    await win.click("import-dates-day_first");
    expect(disabled(win.at("import-run"))).toBe(false);
    await win.click("import-count-refused");
    expect(win.at("import-rows").textContent).toMatch(/line 13.*the file ends in the middle of it/);
  });

  test("choosing no file changes nothing", async () => {
    const port = new FakePort();
    port.importsFrom = null;
    const win = await opened(port);
    await win.click("import-choose");
    expect(win.has("import-preview")).toBe(false);
    expect(port.called("import_preview")).toEqual([]);
  });

  test("earlier imports can be taken back and brought back", async () => {
    const win = await answered();
    await win.click("import-run");
    await win.click("import-close");
    expect(win.has("import-done")).toBe(false);
    await win.click("import-turn");
    expect(win.at("imports").textContent).toContain("taken back");
    expect(win.has("import-turn-back")).toBe(false);
    await win.click("import-turn");
    expect(win.port.called("redo_import")).toEqual([{ import_seq: 1 }]);
  });
});

test("an import of which a part is taken back says how much, and goes both ways", async () => {
  const port = new FakePort();
  port.transfer.made = [
    {
      import_seq: 1,
      file_name: "insight.csv",
      kind: "insight_timer",
      begun_at_ms: Date.UTC(2026, 10, 28),
      is_finished: true,
      is_undone: false,
      sits: 1204,
      taken_back: 500,
    },
  ];
  const win = await opened(port);
  await vi.waitFor(() => expect(win.has("imports")).toBe(true));
  expect(win.at("imports").textContent).toContain("500 of 1,204 sits taken back");
  await win.click("import-turn-back");
  expect(port.called("redo_import")).toEqual([{ import_seq: 1 }]);
  expect(win.has("import-turn-back")).toBe(false);
});

test("all sits are exported where the person says", async () => {
  const win = await opened();
  await win.click("export-csv");
  await win.click("export-json");
  expect(win.port.called("export_history")).toEqual([
    { path: "/home/anna/mitta-sits.csv", format: "csv" },
    { path: "/home/anna/mitta-sits.json", format: "json" },
  ]);
  expect(win.at("exported").textContent).toContain("1,204 sits are in /home/anna/mitta-sits.json");
});
