import { expect, test } from "vitest";
import { FakePort } from "../../testing/fake-port";
import { SettingsState } from "./settings.svelte";

const settle = () => new Promise((resolve) => setTimeout(resolve));

function open(): { port: FakePort; state: SettingsState } {
  const port = new FakePort();
  const state = new SettingsState(port);
  state.receive(port.settings);
  return { port, state };
}

test("a change counts at once and is saved", async () => {
  const { port, state } = open();
  state.changeChoice({ planned_s: 600 });
  expect(state.value?.choice.planned_s).toBe(600);
  await settle();
  expect(port.settings.choice.planned_s).toBe(600);
});

test("changes during a save are saved after it, and the last one stays", async () => {
  const { port, state } = open();
  const release = port.hold("save_settings");
  state.change({ theme: "dark" });
  state.change({ theme: "light" });
  state.change({ ask_mood: true });
  await settle();
  expect(port.called("save_settings")).toHaveLength(1);
  release();
  await settle();
  expect(port.called("save_settings")).toHaveLength(2);
  expect(state.value).toMatchObject({ theme: "light", ask_mood: true });
  expect(port.settings).toMatchObject({ theme: "light", ask_mood: true });
});

test("what could not be saved stays on screen, is said, and a retry saves it", async () => {
  const { port, state } = open();
  port.fail("save_settings", "disk_full");
  state.change({ theme: "dark" });
  await settle();
  expect(state.unsaved?.code).toBe("disk_full");
  expect(state.value?.theme).toBe("dark");
  state.receive({ ...port.settings, theme: "light" });
  expect(state.value?.theme).toBe("dark");
  port.mend("save_settings");
  state.save();
  await settle();
  expect(state.unsaved).toBeNull();
  expect(port.settings.theme).toBe("dark");
});

test("what the engine says is taken over where nothing is unsaved", () => {
  const { port, state } = open();
  state.receive({ ...port.settings, dial: "nothing" });
  expect(state.value?.dial).toBe("nothing");
});
