#!/usr/bin/env node
// Starts the command line under the Node that this package brings (>= 24), whatever Node started us:
// TypeScript runs as it is there, so a fresh clone needs no build.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const root = join(dirname(fileURLToPath(import.meta.url)), '..');

function ownNode() {
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath;
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  const names = [`node-${platform}-${process.arch}`, `node-bin-${platform}-${process.arch}`];
  for (const name of names) {
    try {
      const folder = dirname(require.resolve(`${name}/package.json`));
      const binary = join(folder, 'bin', platform === 'win' ? 'node.exe' : 'node');
      if (existsSync(binary)) return binary;
    } catch {
      // Not the package of this platform; the next name may be.
    }
  }
  console.error(
    `cratewise needs Node 24 or newer; this is ${process.version}, and the package ${names[0]} is not installed.`,
  );
  process.exit(2);
}

const child = spawn(ownNode(), [join(root, 'src', 'main', 'cli.ts'), ...process.argv.slice(2)], {
  stdio: 'inherit',
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
