import { type FileHandle, open } from 'node:fs/promises';
import { basename } from 'node:path';
import type { ExternalBytes } from '../onnx/graph.ts';

/** Start of every array in the file: a page, so that ONNX Runtime can map it. */
const ALIGNMENT = 4096;

/** A file of arrays for the graphs beside it (ONNX “external data”), written one array after another. */
export class WeightsFile {
  readonly #name: string;
  readonly #handle: FileHandle;
  #end = 0;

  private constructor(name: string, handle: FileHandle) {
    this.#name = name;
    this.#handle = handle;
  }

  /** @param path absolute; must not be there yet */
  static async create(path: string): Promise<WeightsFile> {
    return new WeightsFile(basename(path), await open(path, 'wx'));
  }

  /** Writes an array in this machine's byte order, which ONNX has as little-endian. */
  async append(array: ArrayBufferView): Promise<ExternalBytes> {
    const offset = Math.ceil(this.#end / ALIGNMENT) * ALIGNMENT;
    const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
    for (let at = 0; at < bytes.length; ) {
      const { bytesWritten } = await this.#handle.write(bytes, at, bytes.length - at, offset + at);
      at += bytesWritten;
    }
    this.#end = offset + bytes.length;
    return { location: this.#name, offset, length: bytes.length };
  }

  /** Whoever runs the recipe makes its files durable. */
  close(): Promise<void> {
    return this.#handle.close();
  }
}
