import { homedir } from 'node:os';
import { join } from 'node:path';

/** The folder for this user's Cratewise data, by the custom of the platform. Nothing is created. */
export function dataFolder(
  platform: NodeJS.Platform = process.platform,
  environment: NodeJS.ProcessEnv = process.env,
): string {
  const home = homedir();
  if (platform === 'win32') return join(environment.APPDATA ?? join(home, 'AppData', 'Roaming'), 'Cratewise');
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'Cratewise');
  const base = environment.XDG_DATA_HOME;
  // The XDG specification: a relative path in the variable is to be ignored.
  return join(base?.startsWith('/') ? base : join(home, '.local', 'share'), 'cratewise');
}

/** The catalogue that is used when none is named. */
export function defaultLibraryFile(): string {
  return join(dataFolder(), 'library.cratewise');
}
