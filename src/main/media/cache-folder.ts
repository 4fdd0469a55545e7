import { homedir } from 'node:os';
import { join } from 'node:path';

/** The folder for what can be made again, by the custom of the platform: systems may empty it. Nothing is created. */
export function cacheFolder(
  platform: NodeJS.Platform = process.platform,
  environment: NodeJS.ProcessEnv = process.env,
): string {
  const home = homedir();
  if (platform === 'win32')
    return join(environment.LOCALAPPDATA ?? join(home, 'AppData', 'Local'), 'Cratewise', 'Cache');
  if (platform === 'darwin') return join(home, 'Library', 'Caches', 'Cratewise');
  const base = environment.XDG_CACHE_HOME;
  // The XDG specification: a relative path in the variable is to be ignored.
  return join(base?.startsWith('/') ? base : join(home, '.cache'), 'cratewise');
}
