import { opendir, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { isAbsolute, join, normalize, sep } from 'node:path';
import { MAX_FOLDERS_OFFERED } from '../../shared/contract/folders.ts';
import { CratewiseError } from '../../shared/errors.ts';
import { hasEscape, pathFromBytes } from '../../shared/path.ts';
import { systemPath } from '../scan/names.ts';

/**
 * A folder as someone typed it (or as the catalogue gave it out), absolute and in our escaped form. `~` is the home
 * folder, as in a shell.
 * @throws CratewiseError when it is not absolute: there is no current folder that a user interface could mean
 */
export function typedFolder(text: string): string {
  const trimmed = text.trim();
  const expanded = expandHome(trimmed);
  if (!isAbsolute(expanded))
    throw new CratewiseError(
      'not-absolute',
      `“${trimmed}” is not a full path. Write the folder from its beginning, like ${join(homedir(), 'Music')}.`,
    );
  const path = withoutSeparatorAtEnd(normalize(expanded));
  return process.platform === 'win32' || hasEscape(path) ? path : pathFromBytes(Buffer.from(path));
}

function expandHome(text: string): string {
  return /^~(?=$|[/\\])/.test(text) ? join(homedir(), text.slice(1)) : text;
}

/** How a home folder's place for music is called, by the languages that systems come in. */
const MUSIC = ['Music', 'Musik', 'Musique', 'Música', 'Musica', 'Muziek', 'Muzyka', 'Музыка', '音乐'];

/** Where this user's music probably lies: those of the usual places that are there. */
export async function usualFolders(home = homedir()): Promise<string[]> {
  const places = MUSIC.map((name) => join(home, name));
  const there = await Promise.all(places.map(isFolder));
  return places.filter((_, i) => there[i]);
}

/** Entries of one folder that are looked at: a folder with more is not completed any better for it. */
const LOOKED_AT = 5000;

/**
 * Folders whose paths begin with what is being typed, in order; hidden ones only where the name begins with a dot.
 * Empty where the folder above is not there or can't be read: who types has not finished yet.
 */
export async function completeFolder(typed: string): Promise<string[]> {
  const expanded = expandHome(typed.trimStart());
  if (!isAbsolute(expanded)) return [];
  const at = Math.max(expanded.lastIndexOf('/'), expanded.lastIndexOf(sep)) + 1;
  const above = expanded.slice(0, at);
  const beginning = expanded.slice(at).toLowerCase();
  const found: string[] = [];
  try {
    let left = LOOKED_AT;
    for await (const entry of await opendir(systemPath(above), { encoding: 'buffer' as 'utf8' })) {
      if (left-- === 0) break;
      // Asked for as bytes: a name need not be text.
      const name = pathFromBytes(Buffer.from(entry.name));
      if (!name.toLowerCase().startsWith(beginning) || name.startsWith('.') !== beginning.startsWith('.'))
        continue;
      const path = join(above, name);
      if (entry.isDirectory() || (entry.isSymbolicLink() && (await isFolder(path)))) found.push(path);
    }
  } catch {
    return [];
  }
  return found.sort((a, b) => a.localeCompare(b)).slice(0, MAX_FOLDERS_OFFERED);
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(systemPath(path))).isDirectory();
  } catch {
    return false;
  }
}

function withoutSeparatorAtEnd(path: string): string {
  const shorter = path.replace(/[/\\]+$/, '');
  return shorter === '' || /^[A-Za-z]:$/.test(shorter) ? path : shorter;
}
