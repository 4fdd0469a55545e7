import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { en } from '../src/renderer/strings/en/index.ts';
import { look, unused } from './lint-strings/find.ts';

// Says where the renderer speaks to people by itself and not out of its catalogue of strings, and which strings of the
// catalogue nothing says.

const RENDERER = join(import.meta.dirname, '../src/renderer');

const files = globSync('**/*.{ts,svelte}', { cwd: RENDERER }).filter((path) => !path.startsWith('strings'));
const looked = files.map((path) =>
  look(join('src/renderer', path), readFileSync(join(RENDERER, path), 'utf8')),
);
const complaints = [
  ...looked.flatMap(({ findings }) =>
    findings.map(({ path, line, message }) => `${path}:${line} ${message}`),
  ),
  ...unused(
    en,
    looked.flatMap(({ used }) => used),
  ).map((name) => `src/renderer/strings: nothing says ${name}`),
];
for (const complaint of complaints) console.error(complaint);
if (complaints.length > 0) process.exitCode = 1;
