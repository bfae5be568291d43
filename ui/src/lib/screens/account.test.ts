// The account in the settings, driven as a person drives it.
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import "./Settings.svelte";
import { CODE } from "../../testing/fake-account";
import { FakePort } from "../../testing/fake-port";
import { presentSync } from "../../testing/present-sync";
import { openSettings, said, type Opened } from "../../testing/window";

beforeEach(() => {
  vi.useFakeTimers({ now: Date.UTC(2026, 10, 21, 12) });
});
afterEach(() => {
  vi.useRealTimers();
});

async function opened(state: string, port = new FakePort()): Promise<Opened> {
  presentSync(port, state);
  return openSettings("account", port);
}
const stage = (win: Opened) => win.at("account").dataset["stageNow"];

async function fillIn(win: Opened, typed: Record<string, string>): Promise<void> {
  for (const [field, text] of Object.entries(typed)) await win.type(`join-${field}`, text);
}
const ANNA = { server_url: "mitta.example.org", login: "anna", password: "correct horse" };

describe("without an account", () => {
  test("the page says so, and nothing has asked the network", async () => {
    const win = await opened("none");
    expect(stage(win)).toBe("join");
    expect(said(win, "about")).toContain("Nothing leaves this computer.");
    expect(win.port.called("check_server")).toEqual([]);
  });

  test("signing up: the code once, then the question, then it syncs", async () => {
    const win = await opened("none");
    await win.click("sign-up");
    await fillIn(win, { ...ANNA, display_name: "Anna" });
    await win.click("join-go");
    expect(said(win, "recovery-code")).toBe(CODE);
    await win.click("nav-sit");
    await win.click("nav-settings");
    await vi.waitFor(() => expect(said(win, "recovery-code")).toBe(CODE));
    await win.click("code-written");
    expect(said(win, "claim")).toContain(
      "12 sits are on this computer: add them to the account anna?",
    );
    expect(win.port.called("claim")).toEqual([]);
    await win.click("claim-yes");
    expect(win.port.called("claim")).toEqual([{ add: true }]);
    expect(stage(win)).toBe("in");
    expect(said(win, "about")).toContain("mitta.example.org");
  });

  test("“Not now” signs out, and the sits stay", async () => {
    const win = await opened("claim");
    await win.click("claim-no");
    expect(win.port.called("claim")).toEqual([{ add: false }]);
    expect(stage(win)).toBe("join");
  });

  test("what is wrong is said at its field, and the keyboard goes there", async () => {
    const win = await opened("none");
    win.port.fail("sign_in", "wrong_login");
    await win.click("sign-in");
    await win.click("join-go");
    expect(document.activeElement).toBe(win.at("join-server_url"));
    await fillIn(win, ANNA);
    await win.click("join-go");
    expect(said(win, "join-password-below")).toBe("Login or password are wrong.");
    expect(win.at("join-password").getAttribute("aria-invalid")).toBe("true");
    expect(document.activeElement).toBe(win.at("join-password"));
  });

  test("the address is checked when the field is left", async () => {
    const win = await opened("none");
    await win.click("sign-in");
    await win.type("join-server_url", "mitta.example.org");
    win.at("join-login").focus();
    await win.pass(0);
    expect(said(win, "join-server_url-below")).toContain("version 0.1.0");
  });

  test("a password can be looked at", async () => {
    const win = await opened("none");
    await win.click("sign-in");
    const field = win.at("join-password") as HTMLInputElement;
    expect(field.type).toBe("password");
    await win.click("join-password-show");
    expect(field.type).toBe("text");
  });

  test("a forgotten password: the recovery code signs in and a new one is shown", async () => {
    const win = await opened("none");
    await win.click("sign-in");
    await win.click("join-recover");
    await fillIn(win, { ...ANNA, recovery_code: "wrong" });
    await win.click("join-go");
    expect(said(win, "join-recovery_code-below")).toContain("recovery code is wrong");
    await win.type("join-recovery_code", CODE);
    await win.click("join-go");
    expect(stage(win)).toBe("code");
  });

  test("without a keyring a file is used only after a yes", async () => {
    const port = new FakePort();
    port.server.keyless = true;
    const win = await opened("none", port);
    await win.click("sign-in");
    await fillIn(win, ANNA);
    await win.click("join-go");
    await win.click("file-no");
    expect(win.has("file")).toBe(false);
    await win.click("join-go");
    await win.click("file-yes");
    expect(port.called("sign_in").at(-1)).toMatchObject({ token_in_file: true });
    expect(stage(win)).toBe("claim");
  });

  test("another person's history points to a profile of one's own", async () => {
    const win = await opened("none");
    win.port.fail("sign_in", "other_person");
    await win.click("sign-in");
    await fillIn(win, ANNA);
    await win.click("join-go");
    expect(said(win, "join-error")).toContain("--profile NAME");
  });
});

describe("signed in", () => {
  test("a device is signed out after a question; this one has no such button", async () => {
    const win = await opened("up_to_date");
    await vi.waitFor(() => expect(win.all("device")).toHaveLength(3));
    expect(win.all("revoke")).toHaveLength(1);
    expect(win.all("device")[0]?.textContent).toContain("this one");
    await win.click("revoke");
    expect(win.port.called("revoke_device")).toEqual([]);
    await win.click("revoke-ask-go");
    expect(win.port.called("revoke_device")).toHaveLength(1);
    expect(win.has("revoke")).toBe(false);
  });

  test("devices that cannot be read are said, and read by a retry", async () => {
    const port = new FakePort();
    port.fail("devices", "offline");
    const win = await opened("up_to_date", port);
    await vi.waitFor(() => expect(win.has("devices-retry")).toBe(true));
    port.mend("devices");
    await win.click("devices-retry");
    expect(win.all("device")).toHaveLength(3);
  });

  test("the password is changed with the old one", async () => {
    const win = await opened("up_to_date");
    await win.click("change-password");
    expect(document.activeElement).toBe(win.at("change-password-ask-current"));
    await win.click("change-password-ask-go");
    expect(win.port.called("change_password")).toEqual([]);
    await win.type("change-password-ask-current", "wrong");
    await win.type("change-password-ask-next", "short");
    await win.click("change-password-ask-go");
    expect(said(win, "change-password-ask-current-below")).toBe("This is not the password.");
    await win.type("change-password-ask-current", "correct horse");
    await win.click("change-password-ask-go");
    expect(said(win, "change-password-ask-next-below")).toContain("8 characters at least");
    await win.type("change-password-ask-next", "battery staple");
    await win.click("change-password-ask-go");
    expect(win.has("change-password-ask")).toBe(false);
    expect(win.port.server.password).toBe("battery staple");
    expect(said(win, "announcement")).toBe("The password is changed.");
  });

  test("Esc closes a question and changes nothing", async () => {
    const win = await opened("up_to_date");
    await win.click("erase");
    await win.press("Escape");
    expect(win.has("erase-ask")).toBe(false);
    expect(document.activeElement).toBe(win.at("erase"));
  });

  test("a new recovery code is shown after the password", async () => {
    const win = await opened("up_to_date");
    await win.click("new-code");
    await win.type("new-code-ask-password", "correct horse");
    await win.click("new-code-ask-go");
    expect(said(win, "recovery-code")).toBe(CODE);
    await win.click("code-written");
    expect(stage(win)).toBe("in");
  });

  test("everything is exported to where the person says", async () => {
    const win = await opened("up_to_date");
    await win.click("export-account");
    expect(said(win, "export-result")).toMatch(/\/home\/anna\/mitta-account\.json \(12.kB\)/);
    win.port.savesTo = null;
    await win.click("export-account");
    expect(said(win, "export-result")).toBe("");
    expect(win.port.called("export_account")).toHaveLength(1);
  });

  test("signing out says what waits; the sign-in again asks only for the password", async () => {
    const win = await opened("waiting");
    await win.click("sign-out");
    expect(said(win, "sign-out-ask")).toContain("3 changes are not sent yet");
    await win.click("sign-out-ask-go");
    expect(stage(win)).toBe("out");
    expect(win.has("join-server_url")).toBe(false);
    await win.type("join-password", "correct horse");
    await win.click("join-go");
    expect(stage(win)).toBe("in");
  });

  test("moving lets go of the server only after the question", async () => {
    const win = await opened("up_to_date");
    await win.click("move-server");
    await win.click("move-server-ask-keep");
    expect(win.port.called("leave_server")).toEqual([]);
    await win.click("move-server");
    await win.click("move-server-ask-go");
    expect(stage(win)).toBe("join");
  });

  test("erasing says what it deletes and needs the password", async () => {
    const win = await opened("up_to_date");
    await win.click("erase");
    const text = said(win, "erase-ask");
    for (const part of ["for good", "anna", "every sit and note", "history on this computer"]) {
      expect(text).toContain(part);
    }
    await win.type("erase-ask-password", "wrong");
    await win.click("erase-ask-go");
    expect(stage(win)).toBe("in");
    await win.type("erase-ask-password", "correct horse");
    await win.click("erase-ask-go");
    expect(stage(win)).toBe("join");
  });

  test("a first sync shows how far it is, and can be cancelled", async () => {
    const win = await opened("first");
    expect(said(win, "sync-progress")).toContain("Sending 1,204 of 3,000");
    await win.click("sync-cancel");
    expect(win.port.called("cancel_sync")).toHaveLength(1);
    expect(win.has("sync-progress")).toBe(false);
  });
});
