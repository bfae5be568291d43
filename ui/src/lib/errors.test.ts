import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { ErrorCode } from "$lib/generated/ErrorCode";
import type { AccountErrorCode } from "$lib/generated/AccountErrorCode";
import { asAccountError, asApiError, wordsFor } from "./errors";

function codesIn<Code>(name: string): Code[] {
  const declared = readFileSync(`src/lib/generated/${name}.ts`, "utf8");
  const found = [...declared.matchAll(/\| "([a-z_]+)"|= "([a-z_]+)"/g)];
  return found.map(([, later, first]) => (later ?? first) as Code);
}
const ofEngine = codesIn<ErrorCode>("ErrorCode");
const ofAccount = codesIn<AccountErrorCode>("AccountErrorCode");
const codes = [...new Set<ErrorCode | AccountErrorCode>([...ofEngine, ...ofAccount])];

test("the generated types name every code", () => {
  expect(ofEngine.length).toBeGreaterThan(25);
  expect(ofAccount.length).toBeGreaterThan(25);
});

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
  expect(asAccountError(new TypeError("boom"))).toEqual({ code: "internal", message: "boom" });
  const refused = { code: "wrong_login", message: "x" };
  expect(asAccountError(refused)).toBe(refused);
});
