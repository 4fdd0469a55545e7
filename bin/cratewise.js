#!/usr/bin/env node
// Starts the command line under the Node that this package brings (>= 24), whatever Node started us:
// TypeScript runs as it is there, so a fresh clone needs no build.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
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

/**
 * Where Node keeps compiled modules between runs: without it, each process strips types anew (300 ms and 30 MB).
 * In the user's own cache folder, never a shared one: what lies there is run.
 */
function compileCache() {
  const { XDG_CACHE_HOME: xdg, LOCALAPPDATA: local } = process.env;
  if (process.platform === 'win32')
    return join(local ?? join(homedir(), 'AppData', 'Local'), 'Cratewise', 'Cache', 'code');
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'Cratewise', 'code');
  return join(xdg?.startsWith('/') ? xdg : join(homedir(), '.cache'), 'cratewise', 'code');
}

const child = spawn(ownNode(), [join(root, 'src', 'main', 'cli.ts'), ...process.argv.slice(2)], {
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
