import { closeSync, constants, existsSync, fstatSync, openSync } from 'node:fs';
import { parentPath, systemPath } from '../../scan/names.ts';
import { formatOf } from '../formats/index.ts';
import type { JournalEntry, JournalOutcome } from '../journal.ts';
import { FileSource } from '../source.ts';
import { audioHash } from './audio-hash.ts';
import { fileError } from './file-errors.ts';
import { holdsBefore } from './plan-file.ts';
import { reverseSplices } from './reverse.ts';
import { removeTemporary } from './temporary.ts';

/**
 * Finds out what became of a write whose process died, and removes its copy: the rename is one step, so the file is
 * either the old one or the new one. Never throws.
 * @returns `null` when that can't be known now: the folder is not there (a drive that is not plugged in), or can't be
 *   read
 */
export function recoverFile(entry: JournalEntry): JournalOutcome | null {
  try {
    removeTemporary(entry.temporaryPath);
    const fd = openSync(systemPath(entry.path), constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    try {
      return outcomeFor(entry, fd);
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    const { code, message } = fileError(entry.path, error);
    const hasFolder = existsSync(systemPath(parentPath(entry.path)));
    return (code === 'missing' && hasFolder) || code === 'refused'
      ? failed(`The program ended while writing. ${message}`)
      : null;
  }
}

function outcomeFor(entry: JournalEntry, fd: number): JournalOutcome {
  const stat = fstatSync(fd, { bigint: true });
  const source = new FileSource(fd, Number(stat.size));
  const mtime = String(stat.mtimeNs);
  const isOld = source.size === entry.sizeBefore && holdsBefore(source, entry.splices);
  if (isOld && mtime === entry.mtimeBefore) return failed(NOT_WRITTEN);
  if (isWritten(source, entry)) return { state: 'done', mtimeAfter: mtime };
  return failed(
    isOld ? NOT_WRITTEN : 'The program ended while writing, and another one changed the file since.',
  );
}

const NOT_WRITTEN = 'The program ended before the file was written; it is as it was.';

function isWritten(source: FileSource, entry: JournalEntry): boolean {
  return (
    source.size === entry.sizeAfter &&
    holdsBefore(source, reverseSplices(entry.splices)) &&
    audioHash(source.fd, formatOf(source).parse(source).audio) === entry.audioHash
  );
}

const failed = (error: string): JournalOutcome => ({ state: 'failed', error });
