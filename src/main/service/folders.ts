import { homedir } from 'node:os';
import { isAbsolute, join, normalize } from 'node:path';
import { CratewiseError } from '../../shared/errors.ts';
import { hasEscape, pathFromBytes } from '../../shared/path.ts';

/**
 * A folder as someone typed it (or as the catalogue gave it out), absolute and in our escaped form. `~` is the home
 * folder, as in a shell.
 * @throws CratewiseError when it is not absolute: there is no current folder that a user interface could mean
 */
export function typedFolder(text: string): string {
  const trimmed = text.trim();
  const expanded = /^~(?=$|[/\\])/.test(trimmed) ? join(homedir(), trimmed.slice(1)) : trimmed;
  if (!isAbsolute(expanded))
    throw new CratewiseError(
      'not-absolute',
      `“${trimmed}” is not a full path. Write the folder from its beginning, like ${join(homedir(), 'Music')}.`,
    );
  const path = withoutSeparatorAtEnd(normalize(expanded));
  return process.platform === 'win32' || hasEscape(path) ? path : pathFromBytes(Buffer.from(path));
}

function withoutSeparatorAtEnd(path: string): string {
  const shorter = path.replace(/[/\\]+$/, '');
  return shorter === '' || /^[A-Za-z]:$/.test(shorter) ? path : shorter;
}
