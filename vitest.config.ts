import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    globalSetup: ['test/setup/build.ts'],
    setupFiles: ['test/setup/threads.ts'],
    // onnxruntime-node is a native addon with global state: a process each, not a thread each.
    pool: 'forks',
    maxWorkers: 2,
  },
});
