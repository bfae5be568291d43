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

test("the page knows no port and carries nothing of the window's screens", () => {
  const page = files.filter(({ name }) => name.startsWith("web"));
  expect(page.length).toBeGreaterThan(10);
  const foreign = /\$lib\/(port|tauri-port|state\/|screens\/)|bits-ui|\.\.\/(?!app\.css)/;
  expect(page.filter(({ text }) => foreign.test(text)).map(({ name }) => name)).toEqual([]);
});

test("the window carries no words of the page", () => {
  const elsewhere = naming(/\bm\.web_/).filter((name) => !name.startsWith("web"));
  expect(elsewhere).toEqual([]);
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

test("every message is used", () => {
  const keys = Object.keys(JSON.parse(readFileSync("messages/en.json", "utf8"))).filter(
    (key) => !key.startsWith("$"),
  );
  const all = files.map(({ text }) => text).join("\n");
  expect(keys.filter((key) => !new RegExp(`\\bm\\.${key}\\b`).test(all))).toEqual([]);
});

test("every custom property that is used is set: without it its declaration is void", () => {
  const text = files.map((file) => file.text).join("\n");
  const used = new Set(text.match(/(?<=var\()--[\w-]+/g));
  const set = new Set(text.match(/--[\w-]+(?=:)/g));
  expect(used.size).toBeGreaterThan(20);
  // bits-ui sets its own by script.
  const isOurs = (name: string) => !name.startsWith("--bits-");
  expect([...used].filter((name) => isOurs(name) && !set.has(name))).toEqual([]);
});
