import { svelteTesting } from "@testing-library/svelte/vite";
import { defineConfig, mergeConfig } from "vitest/config";
import base from "./vite.config.ts";

export default mergeConfig(
  base,
  defineConfig({
    plugins: [svelteTesting()],
    test: {
      environment: "jsdom",
      include: ["src/**/*.test.ts"],
      setupFiles: ["src/testing/setup.ts"],
      restoreMocks: true,
      // Half of the time went into reading the same modules for each file. What a test leaves in them, it
      // takes back; `npx vitest run --sequence.shuffle.files` finds one that does not.
      isolate: false,
      // Ends what hangs; a busy machine may take its time.
      testTimeout: 30_000,
    },
  }),
);
