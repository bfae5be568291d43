import { availableParallelism } from "node:os";
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
      // By itself it leaves a core to a person, and runs on one of two.
      maxWorkers: availableParallelism(),
      // Ends what hangs; a busy machine may take its time.
      testTimeout: 30_000,
    },
  }),
);
