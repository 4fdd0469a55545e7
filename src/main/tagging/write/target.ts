import {
  accessSync,
  type BigIntStats,
  closeSync,
  constants,
  fstatSync,
  openSync,
  realpathSync,
  statSync,
} from 'node:fs';
import { FileError } from '../../../shared/errors.ts';
import { pathFromBytes } from '../../../shared/path.ts';
import { parentPath, systemPath } from '../../scan/names.ts';

/** What the file was when it was scanned or planned; an edit of anything else is refused. */
export interface Expected {
  /** Bytes. */
  readonly size: number;
  /** Nanoseconds since 1970, decimal. */
  readonly mtime: string;
}

/** A file opened for reading that is going to be replaced. */
export interface Target {
  /** The real file behind symlinks, in our escaped form. */
  readonly path: string;
  readonly fd: number;
  readonly stat: BigIntStats;
}

/** What to do with a file that has several names (hard links): replacing one name parts it from the others. */
export type HardLinks = 'refuse' | 'break';

/** The path behind all symlinks. */
export function realPath(path: string): string {
  if (process.platform === 'win32') return realpathSync.native(path);
  return pathFromBytes(realpathSync.native(systemPath(path), { encoding: 'buffer' }));
}

/** @throws FileError `changed` when the file is not the one that was expected */
export function checkExpected(path: string, stat: BigIntStats, expected: Expected): void {
  if (Number(stat.size) === expected.size && String(stat.mtimeNs) === expected.mtime) return;
  throw new FileError(
    'changed',
    path,
    'The file was changed by another program since it was last read; scan it again first.',
  );
}

/**
 * Opens a file that is to be edited, with every check that can be made before anything is written.
 * @param path as the user knows it; symlinks are followed
 * @throws FileError or the system's error
 */
export function openTarget(path: string, expected: Expected | null, hardLinks: HardLinks): Target {
  const real = realPath(path);
  // Without O_NONBLOCK, opening a named pipe would wait for ever.
  const fd = openSync(systemPath(real), constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const stat = fstatSync(fd, { bigint: true });
    if (!stat.isFile()) throw new FileError('not-a-file', path, 'This is not a regular file.');
    if (expected) checkExpected(path, stat, expected);
    if ((stat.mode & 0o222n) === 0n)
      throw new FileError('read-only', path, 'The file is marked read-only; it was left as it is.');
    accessSync(systemPath(real), constants.W_OK);
    accessSync(systemPath(parentPath(real)), constants.W_OK);
    if (hardLinks === 'refuse' && stat.nlink > 1n)
      throw new FileError(
        'hard-linked',
        path,
        `The file has ${stat.nlink} names (hard links). Writing would part this one from the others; ask for that explicitly.`,
      );
    return { path: real, fd, stat };
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

/**
 * Whether the file behind a path still is the one that was opened, unchanged. The time of its last change of any kind
 * (ctime) is compared too: other taggers can keep size and modification time, and that one nobody can set.
 */
export function isUnchanged(target: Target): boolean {
  const now = statSync(systemPath(target.path), { bigint: true, throwIfNoEntry: false });
  return (
    now !== undefined &&
    now.ino === target.stat.ino &&
    now.dev === target.stat.dev &&
    now.size === target.stat.size &&
    now.mtimeNs === target.stat.mtimeNs &&
    now.ctimeNs === target.stat.ctimeNs
  );
}
