// Signing up, signing in and recovering before the fake port.
import { expect, test } from "vitest";
import type { AccountErrorCode } from "$lib/generated/AccountErrorCode";
import type { SignedInView } from "$lib/generated/SignedInView";
import { ANNA, CODE } from "../../testing/fake-account";
import { FakePort } from "../../testing/fake-port";
import { type Joining, type JoinField, JoinState } from "./join.svelte";

const TYPED = {
  server_url: " mitta.example.org ",
  login: " anna",
  password: "correct horse",
  recovery_code: CODE,
  display_name: "Anna",
  device_name: "",
};

function opened(kind: Joining, known: typeof ANNA | null = null) {
  const port = new FakePort();
  const joined: SignedInView[] = [];
  const join = new JoinState(port, known, (reply) => joined.push(reply));
  join.turn(kind);
  for (const field of join.fields) join.type(field, TYPED[field]);
  return { port, joined, join };
}

test.each<[Joining, string]>([
  ["sign_up", "sign_up"],
  ["sign_in", "sign_in"],
  ["recover", "recover_account"],
])("%s checks the server, sends what was typed, and keeps no password", async (kind, command) => {
  const { port, joined, join } = opened(kind);
  await join.submit();
  expect(port.calls.map(({ name }) => name)).toEqual(["check_server", command]);
  expect(port.called(command)[0]).toMatchObject({
    server_url: ANNA.server_url,
    login: "anna",
    device_name: "",
    token_in_file: false,
  });
  expect(joined).toHaveLength(1);
  expect([join.typed.password, join.typed.recovery_code]).toEqual(["", ""]);
});

test("empty fields are named and nothing is asked; the device's name may stay empty", async () => {
  const { port, join } = opened("sign_up");
  join.type("login", "  ");
  join.type("password", "");
  await join.submit();
  expect(Object.keys(join.errors)).toEqual(["login", "password"]);
  expect(port.calls).toEqual([]);
  join.type("login", "anna");
  expect(join.errors.login).toBeUndefined();
});

test("an address is looked at once, again after a failure or a change", async () => {
  const { port, join } = opened("sign_in");
  await Promise.all([join.check(), join.check()]);
  expect(join.server?.version).toBe("0.1.0");
  expect(port.called("check_server")).toHaveLength(1);
  join.type("server_url", "nowhere");
  expect(join.server).toBeNull();
  expect(await join.check()).toBe(false);
  expect(join.errors.server_url).toContain("not an address");
  expect(await join.check()).toBe(false);
  expect(port.called("check_server")).toHaveLength(3);
});

test("an answer about an address that was changed meanwhile is forgotten", async () => {
  const { port, join } = opened("sign_in");
  const release = port.hold("check_server");
  const first = join.check();
  join.type("server_url", "other.example.org");
  release();
  await first;
  expect([join.server, join.checking]).toEqual([null, false]);
});

test("a server that is none stops the form before any password is sent", async () => {
  const { port, join } = opened("sign_up");
  port.fail("check_server", "not_mitta");
  await join.submit();
  expect(join.errors.server_url).toContain("no Mitta server");
  expect(port.called("sign_up")).toEqual([]);
  expect(join.typed.password).toBe(TYPED.password);
});

test.each<[Joining, AccountErrorCode, JoinField | null]>([
  ["sign_up", "login_taken", "login"],
  ["sign_up", "invalid_login", "login"],
  ["sign_up", "invalid_password", "password"],
  ["sign_up", "invalid_name", "display_name"],
  ["sign_in", "wrong_login", "password"],
  ["sign_in", "offline", "server_url"],
  ["sign_in", "invalid_name", null],
  ["sign_in", "other_person", null],
  ["sign_in", "rate_limited", null],
  ["recover", "wrong_recovery_code", "recovery_code"],
])("%s: %s is said at %s", async (kind, code, field) => {
  const { port, join } = opened(kind);
  port.fail(kind === "recover" ? "recover_account" : kind, code);
  await join.submit();
  expect(Object.keys(join.errors)).toEqual(field === null ? [] : [field]);
  expect(join.error === null).toBe(field !== null);
});

test("without a keyring it is asked whether a file may keep the sign-in", async () => {
  const { port, joined, join } = opened("sign_up");
  port.server.keyless = true;
  await join.submit();
  expect(join.asksForFile).toBe(true);
  expect(joined).toEqual([]);
  await join.submit(true);
  expect(joined[0]?.sync.account?.token_in_file).toBe(true);
});

test("a known account asks for neither server nor login, and keeps its file", async () => {
  const { port, join } = opened("sign_in", { ...ANNA, token_in_file: true });
  expect(join.fields).toEqual(["password", "device_name"]);
  await join.submit();
  expect(port.called("check_server")).toEqual([]);
  expect(port.called("sign_in")[0]).toMatchObject({
    server_url: ANNA.server_url,
    login: "anna",
    token_in_file: true,
  });
});
