// Without its plugin paraglide compiles to nothing and says nothing: the build passes and the page
// breaks. So every message of the catalogue must have come out as a function.
import { readFile } from "node:fs/promises";

const catalogue = JSON.parse(await readFile("messages/en.json", "utf8"));
const index = await readFile("src/lib/paraglide/messages/_index.js", "utf8");
const missing = Object.keys(catalogue).filter(
  (key) => !key.startsWith("$") && !index.includes(`/${key}.js`),
);
if (missing.length > 0) {
  console.error(`paraglide left out ${missing.length} messages, first: ${missing[0]}`);
  process.exit(1);
}
