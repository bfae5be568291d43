// The page in the system's Chromium, before a real server: `cargo nextest run -E 'test(web_page)'`
// starts both and says where the server is.
import { defineConfig } from "@playwright/test";

const busy = 30_000;

export default defineConfig({
  testDir: "e2e",
  testIgnore: "beside/**",
  outputDir: "node_modules/.playwright",
  fullyParallel: true,
  workers: 2,
  retries: 0,
  forbidOnly: true,
  reporter: "list",
  timeout: 90_000,
  expect: { timeout: busy },
  use: {
    baseURL: process.env["MITTA_WEB_URL"] ?? "http://localhost:8743",
    actionTimeout: busy,
    navigationTimeout: busy,
    testIdAttribute: "data-testid",
    timezoneId: "Europe/Berlin",
    locale: "en-GB",
    launchOptions: {
      executablePath: process.env["MITTA_CHROMIUM"] ?? "/usr/bin/chromium",
      // In a container tests run as root, where Chromium has no sandbox of its own.
      args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
    },
    trace: "off",
  },
});
