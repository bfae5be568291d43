// What no file of the window may do, read from the files themselves.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const files = readdirSync("src", { recursive: true, encoding: "utf8" })
  .filter((name) => /\.(ts|svelte|css)$/.test(name))
  .filter((name) => !/paraglide|generated|\.test\.ts$/.test(name))
  .map((name) => ({ name, text: readFileSync(join("src", name), "utf8") }));
const naming = (pattern: RegExp) =>
  files.filter(({ text }) => pattern.test(text)).map(({ name }) => name);

test("only the port knows Tauri", () => {
  expect(naming(/@tauri-apps/)).toEqual([join("lib", "tauri-port.ts")]);
});

test("only tests and the preview know the fake backend", () => {
  const knowing = naming(/testing\//).filter((name) => !name.startsWith("testing"));
  expect(knowing).toEqual(["preview.ts"]);
  expect(readFileSync("index.html", "utf8")).not.toContain("preview");
});

test("nothing is drawn frame by frame, and no animation runs on", () => {
  expect(naming(/requestAnimationFrame|@keyframes|setInterval/)).toEqual([]);
});

test("no style attribute, which the CSP would refuse, and no markup from strings", () => {
  expect(naming(/\sstyle=|\{@html|innerHTML/)).toEqual([]);
});

test("nothing is fetched from anywhere", () => {
  expect(naming(/https?:\/\/(?!localhost)/)).toEqual([]);
});

test("icons are imported by path, not as the whole set", () => {
  expect(naming(/from "@lucide\/svelte"/)).toEqual([]);
});

test("every message is used, and every text on screen is a message", () => {
  const keys = Object.keys(JSON.parse(readFileSync("messages/en.json", "utf8"))).filter(
    (key) => !key.startsWith("$"),
  );
  const all = files.map(({ text }) => text).join("\n");
  expect(keys.filter((key) => !new RegExp(`\\bm\\.${key}\\b`).test(all))).toEqual([]);
});
