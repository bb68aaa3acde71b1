// The long tests, `npm run test:long`: the package as others get it, the demo in a fresh clone, real programs, random slicings of time.

import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/long/**/*.long.ts'],
    testTimeout: 600_000,
    hookTimeout: 600_000,
    fileParallelism: false,
  },
});
