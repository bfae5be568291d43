// The same window before a fake backend, for looking at every screen in a browser:
//   npm run preview:build && npx vite preview --config vite.preview.config.ts
//   http://localhost:4173/preview.html?screen=sitting&theme=dark
// Never part of `npm run build`.
import { defineConfig, mergeConfig } from "vite";
import base, { csp } from "./vite.config.ts";

export default mergeConfig(
  base,
  defineConfig({
    build: { outDir: "node_modules/.preview", rollupOptions: { input: "preview.html" } },
    preview: { headers: { "Content-Security-Policy": csp } },
  }),
);
