import { defineConfig } from 'vitest/config';
import { program } from './electron.ts';

const shared = {
  root: import.meta.dirname,
  include: ['**/*.ui.ts'],
  fileParallelism: false,
  // A machine that is busy with other things is slow, not wrong.
  expect: { poll: { timeout: 20_000 } },
  testTimeout: 120_000,
  hookTimeout: 300_000,
};

console.log(
  program
    ? `The scenarios run twice: in Chromium against “cratewise serve”, and in the app in Electron (${program}).`
    : 'The scenarios run in Chromium against “cratewise serve” alone: Electron’s program is not installed here.',
);

/** The app in a real browser, and in Electron where that is, apart from `npm test`: it needs a built renderer. */
export default defineConfig({
  test: {
    projects: [
      { test: { ...shared, name: 'Chromium' } },
      ...(program ? [{ test: { ...shared, name: 'Electron', env: { CRATEWISE_UI: 'electron' } } }] : []),
    ],
  },
});
