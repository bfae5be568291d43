// Statistics are read while they are in sight, once for several changes, and the last choice stays.
import { describe, expect, test, vi } from "vitest";
import { FakePort } from "../../testing/fake-port";
import { sitAt } from "../../testing/rows";
import { StatsState } from "./stats.svelte";

const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

function state(port = new FakePort()) {
  const fail = vi.fn();
  return { port, fail, stats: new StatsState(port, fail) };
}

describe("StatsState", () => {
  test("nothing is read until somebody looks", async () => {
    const { port, stats } = state();
    stats.changed();
    await settled();
    expect(port.called("statistics")).toEqual([]);
    const leave = stats.watch();
    await settled();
    expect(port.called("statistics")).toHaveLength(1);
    leave();
    stats.changed();
    await settled();
    expect(port.called("statistics")).toHaveLength(1);
  });

  test("a choice made while one is read is the one that stays", async () => {
    const { port, stats } = state();
    port.sits = [sitAt(1, Date.UTC(2024, 5, 1), 600)];
    const release = port.hold("statistics");
    stats.watch();
    stats.choose({ kind: "all" });
    stats.choose({ kind: "year", year: 2024 });
    release();
    await settled();
    expect(port.called("statistics")).toEqual([
      { scope: { kind: "past_year" } },
      { scope: { kind: "year", year: 2024 } },
    ]);
    expect(stats.value?.scope.of).toEqual({ kind: "year", year: 2024 });
  });

  test("what was read stays on screen when reading fails, and a retry reads again", async () => {
    const { port, fail, stats } = state();
    stats.watch();
    await settled();
    port.fail("statistics", "storage");
    stats.changed();
    await settled();
    expect(stats.value).not.toBeNull();
    expect(fail).toHaveBeenCalledOnce();
    port.mend("statistics");
    fail.mock.calls[0]?.[1]();
    await settled();
    expect(port.called("statistics")).toHaveLength(3);
  });
});
