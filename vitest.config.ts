import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['test/support/deterministic.ts'],
    testTimeout: 60_000,
    // By default one core is left idle, which on two cores doubles the time.
    maxWorkers: availableParallelism(),
  },
});
