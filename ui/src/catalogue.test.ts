// Every text on the screen is a message of the catalogue: read from the components and the code beside
// them themselves.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "svelte/compiler";
import ts from "typescript";
import { expect, test } from "vitest";

/** What is read or heard of an element, and what components here call such a thing. */
const READ = new Set([
  ...["title", "alt", "placeholder", "label", "aria-label", "aria-description"],
  ...["aria-valuetext", "aria-roledescription", "name", "help", "says", "action", "done", "words"],
]);
/** Attributes of these elements are names for programs. */
const FOR_PROGRAMS = new Set(["input name", "form name", "button name", "Field name"]);

/** Texts outside the catalogue, each with its reason. */
const EXCEPTIONS: Record<string, string> = {
  Mitta: "the name, the same in every language",
  m: "the sign in the rail, hidden from screen readers",
};

interface Found {
  text: string;
  place: string;
}

type Node = { type: string } & Record<string, unknown>;
const isNode = (value: unknown): value is Node =>
  typeof value === "object" && value !== null && typeof (value as Node).type === "string";

/** The texts of a component that a person reads and that come from no message. */
function texts(source: string): Found[] {
  const found: Found[] = [];
  const say = (text: unknown, place: string) => {
    const words = typeof text === "string" ? text.replace(/\s+/g, " ").trim() : "";
    if (/\p{L}/u.test(words)) found.push({ text: words, place });
  };
  /** Texts within an expression: what it may come to, not what it compares or asks for. */
  const within = (node: unknown, place: string): void => {
    if (!isNode(node)) return;
    switch (node.type) {
      case "Literal":
        say(node["value"], place);
        break;
      case "TemplateLiteral":
        for (const part of node["quasis"] as { value: { cooked: string } }[])
          say(part.value.cooked, place);
        break;
      case "ConditionalExpression":
        within(node["consequent"], place);
        within(node["alternate"], place);
        break;
      case "LogicalExpression":
        within(node["right"], place);
        if (node["operator"] !== "&&") within(node["left"], place);
        break;
      case "BinaryExpression":
        if (node["operator"] === "+") {
          within(node["left"], place);
          within(node["right"], place);
        }
        break;
    }
  };
  const attribute = (element: string, node: Node): void => {
    const name = String(node["name"]);
    if (!READ.has(name) || FOR_PROGRAMS.has(`${element} ${name}`)) return;
    const values = Array.isArray(node["value"]) ? node["value"] : [node["value"]];
    for (const value of values.filter(isNode)) {
      if (value.type === "Text") say(value["data"], `${element} ${name}`);
      else within(value["expression"], `${element} ${name}`);
    }
  };
  const walk = (value: unknown, element: string): void => {
    if (Array.isArray(value)) for (const one of value) walk(one, element);
    if (!isNode(value)) {
      if (typeof value === "object" && value !== null && "nodes" in value)
        walk((value as { nodes: unknown }).nodes, element);
      return;
    }
    if (value.type === "Text") say(value["data"], element);
    if (value.type === "ExpressionTag") within(value["expression"], element);
    const here = typeof value["name"] === "string" ? value["name"] : element;
    if (Array.isArray(value["attributes"]))
      for (const one of value["attributes"] as Node[])
        if (one.type === "Attribute") attribute(here, one);
    for (const key of ["nodes", "fragment", "body", "consequent", "alternate", "fallback"])
      walk(value[key], here);
    for (const key of ["pending", "then", "catch"]) walk(value[key], here);
  };
  walk(parse(source, { modern: true }).fragment, "");
  return found;
}

const components = readdirSync("src", { recursive: true, encoding: "utf8" }).filter((name) =>
  name.endsWith(".svelte"),
);

/** The texts of a module in which a person could read words: two at least, with a space between. */
function textsOfModule(source: string): string[] {
  const found: string[] = [];
  const walk = (node: ts.Node): void => {
    // What an error says of itself is for whoever mends it; a person is told by its code.
    if (ts.isNewExpression(node) && /(Error|Refused)$/.test(node.expression.getText())) return;
    const isText =
      ts.isStringLiteralLike(node) ||
      ts.isTemplateHead(node) ||
      ts.isTemplateMiddleOrTemplateTail(node);
    if (isText && /\p{L}{2,}\s+\p{L}{2,}/u.test(node.text)) found.push(node.text);
    ts.forEachChild(node, walk);
  };
  walk(ts.createSourceFile("module.ts", source, ts.ScriptTarget.Latest, true));
  return found;
}

const NOT_SAID = /\.test\.ts$|\.d\.ts$|^preview|testing\/|paraglide\/|generated\//;
const modules = readdirSync("src", { recursive: true, encoding: "utf8" }).filter(
  (name) => name.endsWith(".ts") && !NOT_SAID.test(name.replaceAll("\\", "/")),
);

test("no module says anything that is not in the catalogue", () => {
  expect(modules.length).toBeGreaterThan(40);
  const outside = modules.flatMap((name) =>
    textsOfModule(readFileSync(join("src", name), "utf8")).map((text) => `${name}: ${text}`),
  );
  expect(outside).toEqual([]);
});

test.each<[string, string[]]>([
  ['const says = "Two words";', ["Two words"]],
  ["const says = `${n} sits here`;", [" sits here"]],
  ["const says = m.begin();", []],
  ['throw new Refused("offline", "Nobody is there.");', []],
  ['const event = "mitta://update";', []],
])("of the module %s it finds %s", (source, found) => {
  expect(textsOfModule(source)).toEqual(found);
});

test("no component says anything that is not in the catalogue", () => {
  expect(components.length).toBeGreaterThan(60);
  const excused = new Set<string>();
  const outside = components.flatMap((name) =>
    texts(readFileSync(join("src", name), "utf8"))
      .filter(({ text }) => {
        if (text in EXCEPTIONS) excused.add(text);
        return !(text in EXCEPTIONS);
      })
      .map(({ text, place }) => `${name}, ${place}: ${text}`),
  );
  expect(outside).toEqual([]);
  expect([...excused].toSorted()).toEqual(Object.keys(EXCEPTIONS).toSorted());
});

test.each<[string, string[]]>([
  ["<p>Two words</p>", ["Two words"]],
  ["<p>{m.begin()} · {n}</p>", []],
  ['<button aria-label="Close">×</button>', ["Close"]],
  ['<input placeholder="how long?" name="length" />', ["how long?"]],
  ['<Row name="Sound" help={m.help()} testid="sound" />', ["Sound"]],
  ["{#if on}<b>yes</b>{:else}<i>no</i>{/if}", ["yes", "no"]],
  ['{#each all as one}<li title={one ? "first" : m.rest()}>{one}</li>{/each}', ["first"]],
  ["<p>{busy ? `Wait for ${name}` : m.done()}</p>", ["Wait for"]],
  ['<p class="soft" aria-current={at === "week" ? "page" : undefined}>{names[at]()}</p>', []],
  ["{#await it}<p>soon</p>{:then done}<p>{done}</p>{/await}", ["soon"]],
])("of %s it finds %s", (source, found) => {
  expect(texts(source).map(({ text }) => text)).toEqual(found);
});
