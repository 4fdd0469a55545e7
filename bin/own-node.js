/** Which Node runs our programs: the one that this package brings, whatever Node started us. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);

/** The path of a Node that is new enough (>= 24); undefined, and a word on stderr, where there is none. */
export function ownNode() {
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
  return undefined;
}

/**
 * Where Node keeps compiled modules between runs: without it, each process strips types anew (300 ms and 30 MB).
 * In the user's own cache folder, never a shared one: what lies there is run.
 */
export function compileCache() {
  const { XDG_CACHE_HOME: xdg, LOCALAPPDATA: local } = process.env;
  if (process.platform === 'win32')
    return join(local ?? join(homedir(), 'AppData', 'Local'), 'Cratewise', 'Cache', 'code');
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'Cratewise', 'code');
  return join(xdg?.startsWith('/') ? xdg : join(homedir(), '.cache'), 'cratewise', 'code');
}
