#!/usr/bin/env node
/**
 * `npm start`: opens the app in Electron where its program is installed; where it is not, serves the same user
 * interface to a browser, and says so.
 */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/** Electron's program, which its package downloads when it is installed with scripts; undefined where it is not there. */
function electronProgram() {
  const folder = join(root, 'node_modules', 'electron');
  const named = join(folder, 'path.txt');
  if (!existsSync(named)) return undefined;
  const program = join(folder, 'dist', readFileSync(named, 'utf8').trim());
  return existsSync(program) ? program : undefined;
}

/** Runs a program to its end. @returns its exit code */
function run(program, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, [...args], { cwd: root, stdio: 'inherit' });
    // A terminal sends Ctrl-C to the whole group; we wait for the child's own end.
    process.on('SIGINT', () => undefined);
    process.on('SIGTERM', () => child.kill('SIGTERM'));
    child.on('error', reject);
    child.on('exit', (code, signal) => resolve(signal ? 130 : (code ?? 1)));
  });
}

async function start() {
  if (!existsSync(join(root, 'out', 'renderer', 'index.html'))) {
    process.stdout.write('Building the user interface (once)…\n');
    const code = await run(process.execPath, [
      join(root, 'node_modules', 'electron-vite', 'bin', 'electron-vite.js'),
      'build',
      '--logLevel',
      'warn',
    ]);
    if (code !== 0) return code;
  }
  const electron = electronProgram();
  if (electron) return run(electron, [root, ...process.argv.slice(2)]);
  process.stdout.write(
    'Electron’s program is not installed (its package downloads it: “node node_modules/electron/install.js”).\n' +
      'Cratewise opens in your browser instead:\n\n',
  );
  return run(process.execPath, [join(root, 'bin', 'cratewise.js'), 'serve', ...process.argv.slice(2)]);
}

process.exitCode = await start();
