import {
  AbstractTokenizer,
  EndOfStreamError,
  type IRandomAccessFileInfo,
  type IReadChunkOptions,
} from 'strtok3';
import type { ByteReader } from './reader.ts';

/** A tag block larger than this is refused: no honest one is, and the parser would hold it in memory. */
const MAX_TOKEN = 256 * 1024 * 1024;

/** Lets music-metadata read through our reader, so that a file is opened once and read in few pieces. */
export class ReaderTokenizer extends AbstractTokenizer {
  override readonly fileInfo: IRandomAccessFileInfo;
  readonly #reader: ByteReader;

  constructor(reader: ByteReader) {
    super({ maxBufferSize: MAX_TOKEN });
    this.#reader = reader;
    // No path: the parser would believe the file's extension rather than its content.
    this.fileInfo = { size: reader.size };
  }

  override supportsRandomAccess(): boolean {
    return true;
  }

  setPosition(position: number): void {
    this.validateLength(position, 'position');
    this.position = position;
  }

  override async readBuffer(target: Uint8Array, options?: IReadChunkOptions): Promise<number> {
    const { position } = this.normalizeOptions(target, options);
    this.position = position;
    const count = await this.peekBuffer(target, { ...options, position });
    this.position = position + count;
    return count;
  }

  override async peekBuffer(target: Uint8Array, options?: IReadChunkOptions): Promise<number> {
    const { position, length, mayBeLess } = this.normalizeOptions(target, options);
    const bytes = await this.#reader.read(position, length);
    target.set(bytes);
    if (bytes.length < length && !mayBeLess) throw new EndOfStreamError();
    return bytes.length;
  }
}
