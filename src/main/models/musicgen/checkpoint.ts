import { BadWeightsError } from '../bad-weights.ts';
import type { ExternalBytes } from '../onnx/graph.ts';
import type { SafetensorsFile } from '../readers/safetensors-file.ts';

/** The weights of a checkpoint whose tensors were checked. */
export class Checkpoint {
  readonly #file: SafetensorsFile;
  readonly #keptAs: string;

  /** @param keptAs name of the same file in the folder of the graphs */
  constructor(file: SafetensorsFile, keptAs: string) {
    this.#file = file;
    this.#keptAs = keptAs;
  }

  /** The numbers of a float32 tensor, row-major. */
  async floats(name: string): Promise<Float32Array> {
    const { buffer } = await this.#file.bytes(this.#file.tensor(name));
    // Little-endian in the file as on every machine that ONNX Runtime has a build for.
    return new Float32Array(buffer);
  }

  shape(name: string): readonly number[] {
    return this.#file.tensor(name).shape;
  }

  /** Where a float32 tensor lies in the kept file, for a graph to read it there. */
  place(name: string): ExternalBytes {
    const { start, end } = this.#file.tensor(name);
    if (start % 4) throw new BadWeightsError(`Tensor ${name} does not start at a multiple of its elements.`);
    return { location: this.#keptAs, offset: start, length: end - start };
  }
}
