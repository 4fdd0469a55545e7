import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type ByteRange, type ByteSource, type OpenedFile, SourceError } from './byte-source.ts';

/** A folder that holds the files: a drive, a network share, a download of one's own. */
export class FolderSource implements ByteSource {
  readonly name: string;
  readonly #candidates: (path: string) => readonly string[];

  /** @param candidates where below the folder a file may be, best first */
  constructor(folder: string, candidates: (path: string) => readonly string[]) {
    this.name = folder;
    this.#candidates = candidates;
  }

  async open(
    path: string,
    range: ByteRange,
    version: string | null,
    signal: AbortSignal,
  ): Promise<OpenedFile> {
    for (const candidate of this.#candidates(path)) {
      const file = join(this.name, candidate);
      const found = await stat(file).catch(() => undefined);
      if (!found?.isFile()) continue;
      const current = `${found.size}-${found.mtimeMs}`;
      if (version !== null && version !== current) throw new SourceError('changed', `${file} was changed.`);
      if (range.from > found.size) throw new SourceError('changed', `${file} is shorter than it was.`);
      const end = range.to === null ? {} : { end: range.to - 1 };
      const body = createReadStream(file, { start: range.from, ...end, highWaterMark: 1024 * 1024, signal });
      return {
        start: range.from,
        ranged: true,
        size: found.size,
        version: current,
        body,
        close: () => void body.destroy(),
      };
    }
    throw new SourceError('missing', `${path} is not in ${this.name}.`);
  }
}
