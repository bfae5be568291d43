// After both builds of the page: draws the first screens into the HTML, compresses what is worth it,
// and says how heavy the page is.
import { readFile, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { firstWords, locales, prerender } from "../node_modules/.web-ssr/prerender.js";

const folder = "dist-web";
const page = await readFile(join(folder, "web.html"), "utf8");
for (const place of ['<html lang="en"', "<!--first-->", "<!--data-->"]) {
  if (page.split(place).length !== 2) throw new Error(`web.html needs ${place} once`);
}
for (const locale of locales) {
  const spoken = page.replace('<html lang="en"', `<html lang="${locale}"`);
  const out = (invited) =>
    spoken
      .replace("<!--first-->", () => prerender(invited, locale))
      .replace("<!--data-->", '{"out":true}');
  await writeFile(join(folder, `signed-in.${locale}.html`), spoken);
  await writeFile(join(folder, `signed-out.${locale}.html`), out(false));
  await writeFile(join(folder, `invite.${locale}.html`), out(true));
}
await writeFile(join(folder, "first-words.json"), JSON.stringify(firstWords()));
await rm(join(folder, "web.html"));

const sizes = { script: 0, style: 0, html: 0, fonts: 0 };
const brotli = (bytes) =>
  brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } });
sizes.html = gzipSync(await readFile(join(folder, "signed-out.de.html"))).length;
for (const name of await readdir(join(folder, "assets"))) {
  const path = join(folder, "assets", name);
  const bytes = await readFile(path);
  if (!/\.(js|css|svg)$/.test(name)) {
    sizes.fonts += bytes.length;
    continue;
  }
  const packed = brotli(bytes);
  await writeFile(`${path}.br`, packed);
  await writeFile(`${path}.gz`, gzipSync(bytes, { level: 9 }));
  sizes[name.endsWith(".css") ? "style" : "script"] += packed.length;
}
const weight = sizes.script + sizes.style + sizes.html;
await writeFile(join(folder, "weight.json"), JSON.stringify({ ...sizes, weight }));
console.log(
  `page weight: ${weight} bytes compressed without fonts ` +
    `(script ${sizes.script}, style ${sizes.style}, html ${sizes.html}; all fonts ${sizes.fonts})`,
);
const MOST = 110_000;
if (weight > MOST) {
  console.error(`the page is heavier than ${MOST} bytes`);
  process.exit(1);
}
