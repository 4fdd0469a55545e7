import { createHash } from 'node:crypto';
import { constants, copyFileSync, openSync, statSync, unlinkSync } from 'node:fs';
import { FileError } from '../../../shared/errors.ts';
import { pathToBytes } from '../../../shared/path.ts';
import { childPath, parentPath, systemPath } from '../../scan/names.ts';

/** A copy that nobody has written to for so long was left by a program that died. */
const STALE_MS = 15 * 60_000;
const NAME = /[/\\]\.cratewise-[0-9a-f]{16}\.tmp$/;

/**
 * The temporary copy of a file: beside it (a rename must not cross file systems), one name per file, so that
 * making it is also a lock: two processes can't edit one file at once, whatever library they work for.
 * @param path the real file
 */
export function temporaryPathFor(path: string): string {
  const id = createHash('sha256').update(pathToBytes(path)).digest('hex').slice(0, 16);
  return childPath(parentPath(path), `.cratewise-${id}.tmp`);
}

/**
 * Makes the copy, for us alone. On Linux it is empty and gets the attributes later; elsewhere the system's own
 * copy brings along what the platform knows (macOS: ACLs, extended attributes, birth time; Windows: streams).
 * @returns its descriptor, open for reading and writing, at a file of any content
 * @throws FileError `busy` when another process is editing the file
 */
export function createTemporary(path: string, temporaryPath: string): number {
  try {
    return create(path, temporaryPath);
  } catch (error) {
    if (!isCode(error, 'EEXIST')) throw error;
    const found = statSync(systemPath(temporaryPath), { throwIfNoEntry: false });
    // A copy that keeps the file's modification time looks old by it; the time of change can't be set.
    if (found && Date.now() - Math.max(found.mtimeMs, found.ctimeMs) < STALE_MS)
      throw new FileError('busy', path, 'Another Cratewise is writing this file at the moment.', {
        cause: error,
      });
    removeTemporary(temporaryPath);
    return create(path, temporaryPath);
  }
}

function create(path: string, temporaryPath: string): number {
  if (process.platform === 'linux') return openSync(systemPath(temporaryPath), 'wx+', 0o600);
  const { COPYFILE_EXCL, COPYFILE_FICLONE } = constants;
  copyFileSync(systemPath(path), systemPath(temporaryPath), COPYFILE_EXCL | COPYFILE_FICLONE);
  return openSync(systemPath(temporaryPath), 'r+');
}

/** Removes a copy, if it is there and is one of ours by its name. */
export function removeTemporary(temporaryPath: string): void {
  if (!NAME.test(temporaryPath)) return;
  try {
    unlinkSync(systemPath(temporaryPath));
  } catch (error) {
    if (!isCode(error, 'ENOENT')) throw error;
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
