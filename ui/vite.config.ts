import { fileURLToPath } from "node:url";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";

const lib = fileURLToPath(new URL("./src/lib", import.meta.url));

/** The window's strict CSP, so that a break of it shows in the preview and not only in the app. */
export const csp =
  "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self'; " +
  "connect-src 'none'; base-uri 'none'; form-action 'none'";

export default defineConfig({
  plugins: [svelte()],
  resolve: { alias: { $lib: lib } },
  clearScreen: false,
  build: {
    outDir: "dist",
    emptyOutDir: true,
    // The oldest web view that has light-dark(), on which the themes stand.
    target: ["safari17.5", "chrome123"],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
});
