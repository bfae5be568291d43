// How sync is, heard and asked, before the fake port.
import { beforeEach, afterEach, describe, expect, test, vi } from "vitest";
import { rejectedOp, synced, syncView } from "../../testing/fake-account";
import { FakePort } from "../../testing/fake-port";
import { SyncState } from "./sync.svelte";

const NOW_MS = Date.UTC(2026, 10, 21, 12);

beforeEach(() => {
  vi.useFakeTimers({ now: NOW_MS });
});
afterEach(() => {
  vi.useRealTimers();
});

async function started(port = new FakePort()) {
  const said: string[] = [];
  const state = new SyncState(port, (text) => said.push(text));
  const stop = await state.start();
  return { port, state, said, stop };
}
const settle = () => vi.advanceTimersByTimeAsync(0);

test("without an account nothing is asked but how sync is", async () => {
  const { port, state } = await started();
  expect(state.view?.word).toBe("no_account");
  expect(port.calls.map(({ name }) => name)).toEqual(["sync_view"]);
});

test("what is told is heard until it stops", async () => {
  const { port, state, stop } = await started();
  port.server.become(synced());
  await settle();
  expect(state.view?.word).toBe("up_to_date");
  stop();
  port.server.become(synced({ word: "offline" }));
  await settle();
  expect(state.view?.word).toBe("up_to_date");
});

test("a late reply does not override what was told since", async () => {
  const { port, state } = await started();
  port.server.view = synced({ word: "waiting", waiting: 1 });
  const release = port.hold("sync_now");
  const asked = state.now();
  await settle();
  port.server.become(synced({ word: "rejected", rejected: 1 }));
  await settle();
  release();
  await asked;
  expect(state.view?.word).toBe("rejected");
});

test("a state that cannot be read is kept as the failure, until it can", async () => {
  const port = new FakePort();
  port.fail("sync_view", "storage");
  const { state } = await started(port);
  expect(state.view).toBeNull();
  expect(state.failure?.code).toBe("storage");
  port.mend("sync_view");
  await state.read();
  expect(state.failure).toBeNull();
  expect(state.view).not.toBeNull();
});

describe("screen readers hear", () => {
  const waiting = (n: number) => synced({ word: "waiting", waiting: n });
  const syncing = (done: number) =>
    synced({ word: "syncing", progress: { phase: "pushing", done, total: 9 } });
  const offline = synced({ word: "offline", offline_since_ms: NOW_MS });

  test.each([
    ["no count and no progress", [waiting(1), waiting(2), syncing(1), syncing(9), synced()], []],
    ["trouble once", [offline, { ...offline, waiting: 4 }], ["offline since"]],
    ["that it is well again", [offline, syncing(1), synced()], ["offline since", "up to date"]],
    [
      "each trouble by its name",
      [offline, synced({ word: "rejected", rejected: 2 }), synced({ word: "sign_in_needed" })],
      ["offline since", "2 rejected", "please sign in"],
    ],
  ])("%s", async (_, views, expected) => {
    const { state, said } = await started();
    for (const view of views) state.receive(view);
    expect(said).toHaveLength(expected.length);
    expected.forEach((text, index) => expect(said[index]).toContain(text));
  });
});

test("refused changes are read with the details, dismissed and exported", async () => {
  const port = new FakePort();
  port.server.rejected = [rejectedOp(1, "words", "invalid_words"), rejectedOp(2, "sat", "new")];
  port.server.view = synced({ word: "rejected", rejected: 2 });
  const { state } = await started(port);
  expect(port.called("rejected")).toEqual([]);
  state.show();
  await settle();
  expect(state.rejected).toHaveLength(2);

  await state.dismiss(port.server.rejected[0]?.op_id ?? "");
  expect(state.rejected).toHaveLength(1);
  expect(state.view?.rejected ?? 0).toBeLessThan(2);

  await state.exportRejected("refused.json");
  expect(state.exported).toBe("/home/anna/refused.json");
  port.savesTo = null;
  await state.exportRejected("refused.json");
  expect(state.exported).toBeNull();
  expect(port.called("export_rejected")).toHaveLength(1);
  port.savesTo = "/root/";
  port.fail("export_rejected", "file_not_writable");
  await state.exportRejected("refused.json");
  expect(state.failure?.code).toBe("file_not_writable");
});

test("the details close where the account goes", async () => {
  const { port, state } = await started();
  port.server.become(synced());
  await settle();
  state.show();
  state.receive(syncView());
  expect(state.open).toBe(false);
});
