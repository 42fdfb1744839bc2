import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

/**
 * Projects, so that each kind runs where it belongs: `unit` in parallel, `e2e` afterwards and one file
 * at a time (each has a fleet of processes and a browser), `backends` only when asked for (real servers).
 * The bench is no test and is not here.
 */
const node = {
  environment: 'node',
  pool: 'forks',
  testTimeout: 60_000,
  hookTimeout: 60_000,
  // What is polled for comes at once, or on a busy machine somewhat later.
  expect: { poll: { timeout: 20_000 } },
} as const;

export default defineConfig({
  plugins: [react()],
  test: {
    maxWorkers: 2,
    // Folders whose tests are still to come must not fail the others.
    passWithNoTests: true,
    projects: [
      {
        extends: true,
        test: {
          ...node,
          name: 'unit',
          include: ['tests/{core,sources,contract}/**/*.test.ts'],
        },
      },
      {
        extends: true,
        test: {
          ...node,
          name: 'renderer',
          environment: 'happy-dom',
          include: ['tests/renderer/**/*.test.{ts,tsx}'],
        },
      },
      {
        extends: true,
        test: {
          ...node,
          name: 'e2e',
          include: ['tests/e2e/**/*.test.ts'],
          fileParallelism: false,
          testTimeout: 240_000,
          hookTimeout: 180_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          ...node,
          name: 'backends',
          include: ['tests/backends/**/*.test.ts'],
          fileParallelism: false,
          testTimeout: 180_000,
          hookTimeout: 300_000,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
