// Every language says all that English says: the same messages, with the same values in them, none of
// them empty. And all of it has come out: without its plugin paraglide compiles to nothing and says
// nothing, the build passes and the page breaks.
import { readFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";

/**
 * What is wrong with a catalogue beside the one it is a translation of, as sentences.
 * @param {Record<string, unknown>} base
 * @param {Record<string, unknown>} other
 * @returns {string[]}
 */
export function differences(base, other) {
  const wrong = [];
  for (const key of keysOf(base)) {
    if (!(key in other)) wrong.push(`${key} is missing`);
  }
  for (const key of keysOf(other)) {
    if (!(key in base)) {
      wrong.push(`${key} is not in the base catalogue`);
      continue;
    }
    const [ours, theirs] = [valuesOf(base[key]), valuesOf(other[key])];
    if (ours !== theirs) wrong.push(`${key} has {${theirs}} where the base has {${ours}}`);
  }
  return [...wrong, ...empty(other)];
}

/**
 * Messages that say nothing.
 * @param {Record<string, unknown>} catalogue
 * @returns {string[]}
 */
export function empty(catalogue) {
  return keysOf(catalogue)
    .filter((key) => {
      const texts = textsOf(catalogue[key]);
      return texts.length === 0 || texts.some((text) => text.trim() === "");
    })
    .map((key) => `${key} is empty`);
}

/** @param {Record<string, unknown>} catalogue */
const keysOf = (catalogue) => Object.keys(catalogue).filter((key) => !key.startsWith("$"));

/** The texts of a message: one, or one for each of its cases. */
function textsOf(/** @type {unknown} */ message) {
  if (typeof message === "string") return [message];
  if (!Array.isArray(message)) return [];
  return message.flatMap((part) => Object.values(part.match ?? {}).map(String));
}

/**
 * The values that a message is given and shows, in order. A case may leave one out ("one bell"), so
 * what is declared counts there; a text that names another is wrong in any case.
 */
function valuesOf(/** @type {unknown} */ message) {
  const shown = textsOf(message).flatMap((text) =>
    [...text.matchAll(/\{([a-z_]+)\}/g)].map(([, name]) => name),
  );
  const given = Array.isArray(message)
    ? message.flatMap((part) =>
        (part.declarations ?? [])
          .filter((/** @type {string} */ one) => one.startsWith("input "))
          .map((/** @type {string} */ one) => one.slice("input ".length)),
      )
    : [];
  return [...new Set([...shown, ...given])].toSorted().join(", ");
}

async function main() {
  const { baseLocale, locales } = JSON.parse(
    await readFile("project.inlang/settings.json", "utf8"),
  );
  const read = async (/** @type {string} */ locale) => {
    const text = await readFile(`messages/${locale}.json`, "utf8");
    const twice = repeated(text);
    return { catalogue: JSON.parse(text), twice };
  };
  const base = await read(baseLocale);
  const wrong = [...empty(base.catalogue), ...base.twice].map((it) => `${baseLocale}.json: ${it}`);
  for (const locale of locales.filter((/** @type {string} */ it) => it !== baseLocale)) {
    const { catalogue, twice } = await read(locale);
    const found = [...differences(base.catalogue, catalogue), ...twice];
    wrong.push(...found.map((it) => `${locale}.json: ${it}`));
  }
  for (const module of ["_index", ...locales]) {
    const compiled = await readFile(`src/lib/paraglide/messages/${module}.js`, "utf8");
    const came = new Set([...compiled.matchAll(/^export const (\w+) =/gm)].map(([, key]) => key));
    const left = keysOf(base.catalogue).filter((key) => !came.has(key));
    wrong.push(...left.map((key) => `paraglide left ${key} out of ${module}.js`));
  }
  if (wrong.length > 0) {
    console.error(`The message catalogues are not in order:\n  ${wrong.join("\n  ")}`);
    console.error("Words to use in each language: see “Words” in ARCHITECTURE.md.");
    process.exit(1);
  }
}

/** Keys that stand twice, of which JSON keeps the last without a word. */
export function repeated(/** @type {string} */ text) {
  const keys = [...text.matchAll(/^ {2}"([^"]+)":/gm)].map(([, key]) => key);
  return keys.filter((key, at) => keys.indexOf(key) !== at).map((key) => `${key} stands twice`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) await main();
