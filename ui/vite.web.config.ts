// The web page for partners without the app, which `mitta-server` has inside. Twice: for the browser,
// and with `--ssr` for `scripts/pack-web.mjs`, which draws the first screens into the HTML.
import { defineConfig, mergeConfig } from "vite";
import base from "./vite.config.ts";

export default mergeConfig(
  base,
  defineConfig({
    // Wherever a proxy puts the server.
    base: "./",
    publicDir: "web-public",
    build: { outDir: "dist-web", rolldownOptions: { input: "web.html" } },
  }),
);
