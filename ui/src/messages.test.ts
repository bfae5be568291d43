// What `npm run messages` refuses, shown on catalogues that are not in order.
import { expect, test } from "vitest";
import { differences, empty, repeated } from "../scripts/check-messages.mjs";

const plural = (one: string, other: string) => [
  {
    declarations: ["input n", "local p = n: plural"],
    selectors: ["p"],
    match: { "p=one": one, "p=other": other },
  },
];
const base = {
  $schema: "…",
  begin: "Begin",
  until: "until {time}",
  sits: plural("{n} sit", "{n} sits"),
};

test.each<[string, Record<string, unknown>, string[]]>([
  ["the same", { begin: "Beginnen", until: "bis {time}", sits: plural("{n} A", "{n} B") }, []],
  ["one missing", { until: "{time}", sits: plural("{n}", "{n}") }, ["begin is missing"]],
  ["one too many", { ...base, more: "Mehr" }, ["more is not in the base catalogue"]],
  [
    "another value",
    { ...base, until: "bis {zeit}" },
    ["until has {zeit} where the base has {time}"],
  ],
  ["a value left out", { ...base, until: "bis" }, ["until has {} where the base has {time}"]],
  ["a value too many", { ...base, begin: "{n}" }, ["begin has {n} where the base has {}"]],
  ["an empty text", { ...base, begin: " " }, ["begin is empty"]],
  ["an empty case", { ...base, sits: plural("{n} A", "") }, ["sits is empty"]],
  [
    "a case that names another value",
    { ...base, sits: plural("{n} A", "{m} B") },
    ["sits has {m, n} where the base has {n}"],
  ],
])("%s", (_, other, wrong) => {
  expect(differences(base, other)).toEqual(wrong);
});

test("a case may leave out what it says in a word", () => {
  expect(differences(base, { ...base, sits: plural("eine", "{n} B") })).toEqual([]);
  expect(empty(base)).toEqual([]);
});

test("a key that stands twice is found", () => {
  expect(repeated('{\n  "a": "x",\n  "b": "y",\n  "a": "z"\n}')).toEqual(["a stands twice"]);
});
