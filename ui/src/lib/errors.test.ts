import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { ErrorCode } from "$lib/generated/ErrorCode";
import { asApiError, wordsFor } from "./errors";

const declared = readFileSync("src/lib/generated/ErrorCode.ts", "utf8");
const codes = [...declared.matchAll(/\| "([a-z_]+)"|= "([a-z_]+)"/g)].map(
  (found) => (found[1] ?? found[2]) as ErrorCode,
);

test("the generated type names every code", () => expect(codes.length).toBeGreaterThan(25));

test.each(codes)("%s has words of its own", (code) => {
  const words = wordsFor(code);
  expect(words).toMatch(/^[A-Z].*\.$/);
  expect(codes.filter((other) => wordsFor(other) === words)).toEqual([code]);
});

test("what is no ApiError is a defect that keeps its message", () => {
  expect(asApiError(new TypeError("boom"))).toMatchObject({ code: "internal", message: "boom" });
  expect(asApiError("gone")).toMatchObject({ code: "internal", message: "gone" });
  expect(asApiError({ code: "never_heard_of" })).toMatchObject({ code: "internal" });
  const known = { code: "disk_full", message: "x", session_id: null };
  expect(asApiError(known)).toBe(known);
});
