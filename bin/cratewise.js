#!/usr/bin/env node
// Starts the command line under the Node that this package brings (>= 24), whatever Node started us:
// TypeScript runs as it is there, so a fresh clone needs no build.
import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compileCache, ownNode } from './own-node.js';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const node = ownNode();
if (node === undefined) process.exit(2);

const child = spawn(node, [join(root, 'src', 'main', 'cli.ts'), ...process.argv.slice(2)], {
  stdio: 'inherit',
  env: { NODE_COMPILE_CACHE: compileCache(), ...process.env },
});
// A terminal sends Ctrl-C to the whole group; the child decides how to stop, and we wait for its answer.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
  });
}
child.on('error', (error) => {
  console.error(`cratewise could not start: ${error.message}`);
  process.exit(2);
});
child.on('exit', (code, signal) => {
  process.exit(signal ? 128 + (signal === 'SIGINT' ? 2 : 15) : (code ?? 1));
});
