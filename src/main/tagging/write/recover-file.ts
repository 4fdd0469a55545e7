import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import { systemPath } from '../../scan/names.ts';
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
 */
export function recoverFile(entry: JournalEntry): JournalOutcome {
  try {
    removeTemporary(entry.temporaryPath);
    const fd = openSync(systemPath(entry.path), constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    try {
      const stat = fstatSync(fd, { bigint: true });
      const source = new FileSource(fd, Number(stat.size));
      const mtime = String(stat.mtimeNs);
      if (
        source.size === entry.sizeBefore &&
        mtime === entry.mtimeBefore &&
        holdsBefore(source, entry.splices)
      )
        return failed('The program ended before the file was written; it is as it was.');
      if (isWritten(source, entry)) return { state: 'done', mtimeAfter: mtime };
      return failed('The program ended while writing, and the file was changed by another one since.');
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    return failed(`The program ended while writing. ${fileError(entry.path, error).message}`);
  }
}

function isWritten(source: FileSource, entry: JournalEntry): boolean {
  return (
    source.size === entry.sizeAfter &&
    holdsBefore(source, reverseSplices(entry.splices)) &&
    audioHash(source.fd, formatOf(source).parse(source).audio) === entry.audioHash
  );
}

const failed = (error: string): JournalOutcome => ({ state: 'failed', error });
