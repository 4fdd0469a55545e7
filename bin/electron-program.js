import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const USUAL = { darwin: 'Electron.app/Contents/MacOS/Electron', win32: 'electron.exe' };

/**
 * Electron's program, which its package downloads when it is installed with scripts, or whose folder
 * `ELECTRON_OVERRIDE_DIST_PATH` names; undefined where it is not there.
 * @param root the folder of our package
 */
export function electronProgram(root) {
  const folder = join(root, 'node_modules', 'electron');
  const named = join(folder, 'path.txt');
  const name = existsSync(named)
    ? readFileSync(named, 'utf8').trim()
    : (USUAL[process.platform] ?? 'electron');
  const program = join(process.env.ELECTRON_OVERRIDE_DIST_PATH ?? join(folder, 'dist'), name);
  return existsSync(program) ? program : undefined;
}
