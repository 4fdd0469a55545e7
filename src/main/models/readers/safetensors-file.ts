import { type FileHandle, open } from 'node:fs/promises';
import { BadWeightsError } from '../bad-weights.ts';
import { readAt } from '../read-at.ts';
import {
  headerLength,
  inFile,
  LENGTH_BYTES,
  parseHeader,
  type SafetensorsHeader,
  type Tensor,
} from './safetensors.ts';

/** A safetensors file on disk, open for reading single tensors. */
export class SafetensorsFile {
  readonly path: string;
  readonly header: SafetensorsHeader;
  readonly #handle: FileHandle;

  private constructor(path: string, header: SafetensorsHeader, handle: FileHandle) {
    this.path = path;
    this.header = header;
    this.#handle = handle;
  }

  /** @throws BadWeightsError where it is no safetensors file, or a damaged one */
  static async open(path: string): Promise<SafetensorsFile> {
    const handle = await open(path, 'r');
    try {
      const { size } = await handle.stat();
      const length = headerLength(await readAt(handle, 0, LENGTH_BYTES));
      // Before the memory is taken: a length that the file does not have is a lie.
      if (LENGTH_BYTES + length > size) throw new BadWeightsError('The weights file ends within its header.');
      const header = parseHeader(await readAt(handle, LENGTH_BYTES, length), size);
      return new SafetensorsFile(path, header, handle);
    } catch (error) {
      await handle.close();
      throw inFile(path, error);
    }
  }

  /**
   * A tensor's place and shape.
   * @param shape what it has to be, where that is known
   * @throws BadWeightsError where it is missing or has another shape
   */
  tensor(name: string, shape?: readonly number[]): Tensor {
    const found = this.header.tensors.get(name);
    if (!found) throw new BadWeightsError(`${this.path} has no tensor ${name}.`);
    if (shape && (shape.length !== found.shape.length || shape.some((d, i) => d !== found.shape[i]))) {
      throw new BadWeightsError(
        `Tensor ${name} is [${found.shape.join(', ')}], it should be [${shape.join(', ')}].`,
      );
    }
    return found;
  }

  /** The bytes of a tensor, in a buffer of their own. */
  bytes({ start, end }: Tensor): Promise<Uint8Array<ArrayBuffer>> {
    return readAt(this.#handle, start, end - start);
  }

  /** A tensor of F32, F16 or BF16 as numbers, row-major. @throws BadWeightsError for other types */
  async floats(tensor: Tensor): Promise<Float32Array<ArrayBuffer>> {
    const bytes = await this.bytes(tensor);
    const view = new DataView(bytes.buffer);
    switch (tensor.dtype) {
      case 'F32':
        return Float32Array.from({ length: bytes.length / 4 }, (_, i) => view.getFloat32(4 * i, true));
      case 'F16':
        return Float32Array.from({ length: bytes.length / 2 }, (_, i) => view.getFloat16(2 * i, true));
      case 'BF16': {
        // The upper half of a float32.
        const words = Uint32Array.from(
          { length: bytes.length / 2 },
          (_, i) => view.getUint16(2 * i, true) << 16,
        );
        return new Float32Array(words.buffer);
      }
      default:
        throw new BadWeightsError(`Tensor ${tensor.name} is ${tensor.dtype}, not floating point.`);
    }
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}
