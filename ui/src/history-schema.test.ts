// The documented shape of an exported history, held against the documented example of one, which a
// test of the exporter holds against what it writes.
import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020";
import { describe, expect, test } from "vitest";

type Document = { version: number; sits: Record<string, unknown>[] };

const read = (name: string) => readFileSync(`../docs/${name}`, "utf8");
const schema = JSON.parse(read("history.schema.json")) as object;
const example = () => JSON.parse(read("history.example.json")) as Document;
const validate = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(schema);

/** The same, with no room for what it does not name. */
function closed(part: unknown): unknown {
  if (Array.isArray(part)) return part.map(closed);
  if (typeof part !== "object" || part === null) return part;
  const inner = Object.fromEntries(
    Object.entries(part).map(([key, value]) => [key, closed(value)]),
  );
  return "properties" in inner && "type" in inner
    ? { ...inner, additionalProperties: false }
    : inner;
}
const validateClosed = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(
  closed(schema) as object,
);

/** Puts a value where a path leads. */
function at(document: Document, path: string, value: unknown): Document {
  const keys = path.split(".");
  const last = keys.pop() ?? "";
  let inner: unknown = document.sits[2];
  for (const key of keys) inner = (inner as Record<string, unknown>)[key];
  (inner as Record<string, unknown>)[last] = value;
  return document;
}

describe("The schema of an exported history", () => {
  test("has nothing against what is exported", () => {
    validate(example());
    expect(validate.errors).toBeNull();
  });

  test("names all that is exported", () => {
    validateClosed(example());
    expect(validateClosed.errors).toBeNull();
    expect(validateClosed(at(example(), "plan.more", 1))).toBe(false);
    expect(validateClosed(at(example(), "events.0.more", 1))).toBe(false);
    expect(validateClosed(at(example(), "plan.end_bell.sound.more", 1))).toBe(false);
  });

  test("wants each choice of a plan", () => {
    const plan = example().sits[2]?.["plan"] as Record<string, unknown>;
    for (const choice of Object.keys(plan)) {
      const rest = Object.fromEntries(Object.entries(plan).filter(([name]) => name !== choice));
      expect(validate(at(example(), "plan", rest)), choice).toBe(false);
    }
  });

  test.each([
    ["plan.preparation_s", 301],
    ["plan.at_end", "ring"],
    ["plan.start_bell.strikes", 10],
    ["plan.start_bell.volume", 101],
    ["plan.start_bell.sound", { kind: "gong" }],
    ["plan.start_bell.sound", { kind: "file" }],
    ["plan.intervals", { kind: "every" }],
    ["plan.intervals", { kind: "random", min_s: 1, max_s: 20 }],
    ["events.0.kind", "struck"],
    ["events.0.event_seq", 0],
  ])("refuses %s of %j", (path, value) => {
    expect(validate(at(example(), path, value))).toBe(false);
  });

  test("wants its version", () => {
    expect(validate({ ...example(), version: 2 })).toBe(false);
  });

  test.each(Object.keys(example().sits[0] ?? {}))("wants %s of each sit", (field) => {
    const document = example();
    delete document.sits[0]?.[field];
    expect(validate(document)).toBe(false);
  });

  test.each([
    ["session_id", "x"],
    ["started_at_ms", -1],
    ["local_date", "1 May"],
    ["mood", 9],
    ["source", "elsewhere"],
    ["credited_s", 86_401],
  ])("refuses %s of %j", (field, value) => {
    const document = example();
    Object.assign(document.sits[0] ?? {}, { [field]: value });
    expect(validate(document)).toBe(false);
  });
});
