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

describe("The schema of an exported history", () => {
  test("has nothing against what is exported", () => {
    validate(example());
    expect(validate.errors).toBeNull();
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
