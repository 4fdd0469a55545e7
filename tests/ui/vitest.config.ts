import { defineConfig } from 'vitest/config';

/** The app in a real browser, apart from `npm test`: it needs Chromium and a built renderer. */
export default defineConfig({
  test: {
    name: 'ui',
    root: import.meta.dirname,
    include: ['**/*.ui.ts'],
    fileParallelism: false,
    // A machine that is busy with other things is slow, not wrong.
    expect: { poll: { timeout: 20_000 } },
    testTimeout: 120_000,
    hookTimeout: 300_000,
  },
});
