// How long until the page's first content is painted in the system's Chromium, in milliseconds:
// `node scripts/paint.mjs URL ROUNDS`. One JSON object: each line's measurements, the page's and, as a
// reference, those of a page that is nothing but one word.
import { createServer } from "node:http";
import { chromium } from "@playwright/test";

const [url, rounds] = [process.argv[2] ?? "http://localhost:8743", Number(process.argv[3] ?? 9)];
// Bytes a second and milliseconds of delay, as the browser's own tools have them.
const LINES = {
  local: null,
  slow: { offline: false, latency: 400, downloadThroughput: 50_000, uploadThroughput: 50_000 },
};

const bare = createServer((_, answer) => {
  answer.setHeader("content-type", "text/html");
  answer.end("<!doctype html><title>bare</title><p>Mitta");
});
await new Promise((listening) => bare.listen(0, "127.0.0.1", listening));
const reference = `http://localhost:${bare.address().port}/`;

const browser = await chromium.launch({
  executablePath: process.env["MITTA_CHROMIUM"] ?? "/usr/bin/chromium",
  args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
});

async function painted(address, line) {
  const context = await browser.newContext();
  const page = await context.newPage();
  if (line !== null) {
    const tools = await context.newCDPSession(page);
    await tools.send("Network.enable");
    await tools.send("Network.emulateNetworkConditions", line);
  }
  await page.goto(address);
  const ms = await page.evaluate(
    () =>
      new Promise((resolve) => {
        const first = (entries) => entries.find((it) => it.name === "first-contentful-paint");
        const there = first(performance.getEntriesByType("paint"));
        if (there !== undefined) resolve(there.startTime);
        else
          new PerformanceObserver((list) => {
            const found = first(list.getEntries());
            if (found !== undefined) resolve(found.startTime);
          }).observe({ type: "paint" });
      }),
  );
  await context.close();
  return ms;
}

const measured = {};
for (const [name, line] of Object.entries(LINES)) {
  measured[name] = { ours: [], theirs: [] };
  for (let round = 0; round < rounds; round += 1) {
    measured[name].ours.push(await painted(url, line));
    measured[name].theirs.push(await painted(reference, line));
  }
}
await browser.close();
bare.close();
console.log(JSON.stringify(measured));
