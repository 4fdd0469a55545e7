import { execFileSync } from 'node:child_process';
import { type BigIntStats, fchmodSync, fchownSync, fstatSync, futimesSync } from 'node:fs';
import { FileError } from '../../../shared/errors.ts';
import { systemPath } from '../../scan/names.ts';
import type { Target } from './target.ts';
import { canCopyXattrs, copyXattrs, setTimes } from './xattr.ts';

/**
 * Gives the new file what the old one has besides its content: owner, group, mode, extended attributes, ACL, and
 * the modification time where it is to be kept.
 *
 * Linux: by the C library where this Node can call it, else by `cp --attributes-only` (coreutils). Elsewhere the
 * temporary file is the system's own copy and has them already.
 * @throws FileError when something could not be copied: then the old file stays
 */
export function copyAttributes(target: Target, temporaryPath: string, to: number, keepMtime: boolean): void {
  const { stat, path } = target;
  let hasOldTime = process.platform !== 'linux';
  if (process.platform === 'linux') {
    copyOwner(target, fstatSync(to, { bigint: true }), to);
    fchmodSync(to, Number(stat.mode & 0o7777n));
    if (canCopyXattrs()) {
      const failed = copyXattrs(target.fd, to);
      if (failed.length > 0) throw notCopied(path, failed.join(', '));
    } else {
      copyByProgram(target, temporaryPath);
      // It copies the time too, and more exactly than Node can set it.
      if (keepMtime) return;
      hasOldTime = true;
    }
  }
  if (keepMtime) keepTimes(target, to);
  else if (hasOldTime) {
    const now = Date.now() / 1000;
    futimesSync(to, now, now);
  }
}

function copyOwner({ stat, path }: Target, fresh: BigIntStats, to: number): void {
  if (fresh.uid === stat.uid && fresh.gid === stat.gid) return;
  try {
    fchownSync(to, Number(stat.uid), Number(stat.gid));
  } catch (error) {
    throw new FileError(
      'attributes',
      path,
      'The file belongs to another user or group, and a new version of it would not; it was left as it is.',
      { cause: error },
    );
  }
}

function copyByProgram({ path }: Target, temporaryPath: string): void {
  try {
    execFileSync('cp', [
      '--attributes-only',
      '--preserve=all',
      '--',
      ...[path, temporaryPath].map((name) => argument(path, name)),
    ]);
  } catch (error) {
    throw notCopied(path, error instanceof Error ? error.message : String(error), error);
  }
}

/** A path as an argument of a program: Node passes only text. */
function argument(path: string, name: string): string {
  const system = systemPath(name);
  if (typeof system === 'string') return system;
  throw notCopied(path, 'the name of the file is not text');
}

function keepTimes({ stat }: Target, to: number): void {
  if (setTimes(to, stat.atimeNs, stat.mtimeNs)) return;
  // A double holds today's seconds to about 240 ns.
  futimesSync(to, Number(stat.atimeNs) / 1e9, Number(stat.mtimeNs) / 1e9);
}

function notCopied(path: string, what: string, cause?: unknown): FileError {
  return new FileError(
    'attributes',
    path,
    `Extended attributes or access rights could not be carried over (${what}); the file was left as it is.`,
    { cause },
  );
}
