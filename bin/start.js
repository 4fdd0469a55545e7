#!/usr/bin/env node
/**
 * `npm start`: opens the app in Electron where its program is installed; where it is not, says so, and serves the same
 * user interface to a browser. Built first where something has changed since it was built.
 */
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { electronProgram } from './electron-program.js';
import { ownNode } from './own-node.js';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/** What is built from something, besides `src`. */
const INPUTS = ['electron.vite.config.ts', 'package.json'];
/** What is built last, and what Electron starts. */
const OUTPUTS = [join('out', 'renderer', 'index.html'), join('out', 'main', 'index.js')];

/** When a file, or anything in a folder, was last changed; folders too, for a file may have been deleted. */
function changedAt(path) {
  const found = statSync(path);
  if (!found.isDirectory()) return found.mtimeMs;
  return Math.max(found.mtimeMs, ...readdirSync(path).map((name) => changedAt(join(path, name))));
}

/** Whether there is no build, or one of something older. */
function isStale() {
  const outputs = OUTPUTS.map((path) => join(root, path));
  if (!outputs.every((path) => existsSync(path))) return true;
  const built = Math.min(...outputs.map((path) => statSync(path).mtimeMs));
  return ['src', ...INPUTS].some(
    (path) => existsSync(join(root, path)) && changedAt(join(root, path)) > built,
  );
}

/** Runs a program to its end. @returns its exit code */
function run(program, args, env = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: process.cwd(),
      stdio: 'inherit',
      env: { ...process.env, ...env },
    });
    const stop = () => child.kill('SIGTERM');
    // A terminal sends Ctrl-C to the whole group; we wait for the child's own end.
    const wait = () => undefined;
    process.on('SIGINT', wait);
    process.on('SIGTERM', stop);
    process.on('SIGHUP', stop);
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      process.off('SIGINT', wait);
      process.off('SIGTERM', stop);
      process.off('SIGHUP', stop);
      resolve(signal ? 128 + (signal === 'SIGINT' ? 2 : 15) : (code ?? 1));
    });
  });
}

async function build() {
  const builder = join(root, 'node_modules', 'electron-vite', 'bin', 'electron-vite.js');
  if (!existsSync(builder)) {
    if (OUTPUTS.every((path) => existsSync(join(root, path)))) return 0;
    console.error(
      'The user interface is not built, and what builds it is not installed: run “npm ci” first.',
    );
    return 2;
  }
  process.stdout.write('Building the user interface…\n');
  const previous = process.cwd();
  process.chdir(root);
  try {
    return await run(process.execPath, [builder, 'build', '--logLevel', 'warn']);
  } finally {
    process.chdir(previous);
  }
}

async function start() {
  const node = ownNode();
  if (node === undefined) return 2;
  if (isStale()) {
    const code = await build();
    if (code !== 0) return code;
  }
  const given = process.argv.slice(2);
  const open = !given.includes('--no-open');
  const args = given.filter((argument) => argument !== '--no-open');
  const electron = electronProgram(root);
  if (electron) {
    // Chromium's sandbox does not start as root, and without it the app does not: it says so itself.
    return run(electron, [root, ...args], { CRATEWISE_NODE: node });
  }
  process.stdout.write(
    'Electron’s program is not installed (its package downloads it: “node node_modules/electron/install.js”).\n' +
      `Cratewise is shown in your browser instead${open ? '' : ', at this address'}:\n\n`,
  );
  const serve = [join(root, 'bin', 'cratewise.js'), 'serve', ...(open ? ['--open'] : []), ...args];
  return run(node, serve);
}

process.exitCode = await start();
