import { BadWeightsError } from '../bad-weights.ts';
import { ELEMENT, type ExternalBytes, type GraphBuilder, type Value } from '../onnx/graph.ts';
import type { SafetensorsFile } from '../readers/safetensors-file.ts';
import type { WeightsFile } from './weights-file.ts';

/** The weights of a checkpoint whose tensors were checked: float32 or float16, each for itself. */
export class Checkpoint {
  readonly #file: SafetensorsFile;
  readonly #keptAs: string;

  /** @param keptAs name of the same file in the folder of the graphs */
  constructor(file: SafetensorsFile, keptAs: string) {
    this.#file = file;
    this.#keptAs = keptAs;
  }

  /** The numbers of a tensor, row-major. */
  async floats(name: string): Promise<Float32Array> {
    const { buffer } = await this.#file.bytes(this.#file.tensor(name));
    // Little-endian in the file as on every machine that ONNX Runtime has a build for.
    return this.#type(name) === 'float32'
      ? new Float32Array(buffer)
      : new Float32Array(new Float16Array(buffer));
  }

  shape(name: string): readonly number[] {
    return this.#file.tensor(name).shape;
  }

  /**
   * A tensor as a value of a graph, read where it lies and converted where it is of another type.
   * @param shape another one of as many elements; the same one whenever it is asked for
   */
  value(
    graph: GraphBuilder,
    name: string,
    type: 'float32' | 'float16',
    shape: readonly number[] = this.shape(name),
  ): Value {
    const stored = this.#type(name);
    const value = graph.external(name, stored, shape, this.#place(name));
    return stored === type ? value : graph.op('Cast', [value], { to: ELEMENT[type].code });
  }

  /** Where a tensor lies as float32: in the kept file, or in another where it has to be converted. */
  async inFloat32(name: string, file: WeightsFile): Promise<ExternalBytes> {
    return this.#type(name) === 'float32' ? this.#place(name) : file.append(await this.floats(name));
  }

  #type(name: string): 'float32' | 'float16' {
    return this.#file.tensor(name).dtype === 'F16' ? 'float16' : 'float32';
  }

  #place(name: string): ExternalBytes {
    const { start, end } = this.#file.tensor(name);
    if (start % ELEMENT[this.#type(name)].bytes) {
      throw new BadWeightsError(`Tensor ${name} does not start at a multiple of its elements.`);
    }
    return { location: this.#keptAs, offset: start, length: end - start };
  }
}
