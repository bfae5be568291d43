// The browsers of `tests/e2e/desktop/page.rs`, which drives two apps beside them.
import { defineConfig } from "@playwright/test";
import base from "./playwright.config";

export default defineConfig(base, { testDir: "e2e/beside", testIgnore: [], workers: 1 });
