// What is put aside stays there until it is sent again.
import { expect, test } from "vitest";
import type { Notice } from "$lib/generated/Notice";
import { apiError } from "../../testing/fake-calls";
import { ProblemsState } from "./problems.svelte";

const notice = (topic: Notice["topic"]): Notice => ({ topic, error: apiError("no_tray") });

test("a notice that was put aside comes back when it is sent again", () => {
  const problems = new ProblemsState();
  const [tray, sound] = [notice("tray"), notice("sound")];
  problems.notices = [tray, sound];
  problems.hide(tray);
  problems.hide(sound);
  expect(problems.shown).toEqual([]);
  const again = notice("tray");
  problems.notices = [again, sound];
  expect(problems.shown).toEqual([again]);
});

test("a failure is said with its retry until it is dealt with", () => {
  const problems = new ProblemsState();
  const retry = () => undefined;
  problems.fail(apiError("disk_full"), retry);
  expect(problems.failed?.error.code).toBe("disk_full");
  expect(problems.failed?.retry).toBe(retry);
  problems.forget();
  expect(problems.failed).toBeNull();
});
