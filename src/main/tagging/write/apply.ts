import { writeSync } from 'node:fs';
import { RefusedError } from '../errors.ts';
import type { PageRenumbering, Splice } from '../format.ts';
import { oggPageCrc } from '../formats/ogg/crc.ts';
import { readFully } from '../source.ts';
import { OggPageSplitter } from './ogg-pages.ts';

const PIECE = 1 << 20;
const buffer = Buffer.allocUnsafeSlow(PIECE);

/** Writes to the end of a file; retries short writes. */
class Sink {
  readonly #fd: number;
  position = 0;

  constructor(fd: number) {
    this.#fd = fd;
  }

  write(bytes: Uint8Array): void {
    for (let done = 0; done < bytes.length; ) {
      const count = writeSync(this.#fd, bytes, done, bytes.length - done, this.position);
      done += count;
      this.position += count;
    }
  }
}

/**
 * Writes the edited file: everything of the old one but the splices, Ogg pages renumbered. Memory stays flat.
 * @param from the old file, open for reading
 * @param to the new one, open for writing, empty
 * @returns its size
 * @throws RefusedError when splices are out of order or reach beyond the file
 */
export function writeEdited(
  from: number,
  to: number,
  size: number,
  splices: readonly Splice[],
  renumber: readonly PageRenumbering[] = [],
): number {
  const sink = new Sink(to);
  let at = 0;
  for (const { offset, length, insert } of splices) {
    if (offset < at || offset + length > size) throw new RefusedError('The plan does not fit the file.');
    copy(from, sink, at, offset, renumber);
    sink.write(insert);
    at = offset + length;
  }
  copy(from, sink, at, size, renumber);
  return sink.position;
}

/** Copies a range of the old file; what of it lies in a renumbered range must be whole pages. */
function copy(
  from: number,
  sink: Sink,
  start: number,
  end: number,
  renumber: readonly PageRenumbering[],
): void {
  let at = start;
  for (const range of renumber) {
    if (range.end <= at || range.start >= end) continue;
    if (range.start < at || range.end > end)
      throw new RefusedError('The plan edits inside renumbered pages.');
    copyPlain(from, sink, at, range.start);
    copyPages(from, sink, range);
    at = range.end;
  }
  copyPlain(from, sink, at, end);
}

function* pieces(from: number, start: number, end: number): Generator<Buffer> {
  for (let at = start; at < end; at += PIECE) {
    const piece = buffer.subarray(0, Math.min(PIECE, end - at));
    if (readFully(from, piece, at) !== piece.length)
      throw new RefusedError('The file became shorter meanwhile.');
    yield piece;
  }
}

function copyPlain(from: number, sink: Sink, start: number, end: number): void {
  for (const piece of pieces(from, start, end)) sink.write(piece);
}

function copyPages(from: number, sink: Sink, { start, end, serial, delta }: PageRenumbering): void {
  const splitter = new OggPageSplitter();
  for (const piece of pieces(from, start, end)) {
    const pages = [...splitter.push(piece)];
    for (const page of pages) {
      if (page.readUInt32LE(14) !== serial) continue;
      page.writeUInt32LE((page.readUInt32LE(18) + delta) >>> 0, 18);
      page.writeUInt32LE(oggPageCrc(page), 22);
    }
    sink.write(Buffer.concat(pages));
  }
  splitter.finish();
}
