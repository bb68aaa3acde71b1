// How the tests run: generous times, because machines and other tests share the processors.

import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Two on two processors: one of them would stand still whenever a test waits for a daemon or another program.
    maxWorkers: Math.max(2, availableParallelism() - 1),
  },
});
