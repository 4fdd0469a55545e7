import type { Tensor } from './readers/safetensors.ts';

/** What a recipe has to work with. It runs in the install worker process. */
export interface BuildContext {
  /** Id of the manifest that is being installed, for recipes that serve several: `musicgen-small`. */
  readonly model: string;
  /**
   * The absolute path of a fetched and verified file, by its path in the manifest. One that is fetched in part is a
   * safetensors file of its own with the tensors that were asked for, also where the source has it in several files.
   */
  file(path: string): string;
  /** Absolute path of the folder, empty at first, that becomes the installed model: ONNX files and their data. */
  readonly output: string;
  /**
   * Makes a fetched file part of the installed model: a hard link where the file system has them, else a copy.
   * @param path in the manifest
   * @param name in `output`
   */
  keep(path: string, name: string): Promise<void>;
  /** 0..1 of the building. */
  progress(fraction: number): void;
  readonly signal: AbortSignal;
}

/** A tensor that the source has, as a recipe chooses by it. */
export type TensorInfo = Pick<Tensor, 'name' | 'dtype' | 'shape'>;

/**
 * Turns the files that authors publish into ONNX. Must read them as hostile input: sizes checked before memory is
 * taken, nothing in them executed. Throws a CratewiseError with code `bad-weights` for files it can't accept.
 */
export interface Recipe {
  /** As `recipe` in the manifest. */
  readonly id: string;
  /**
   * Which tensors to fetch of a file that is `partial`; all of them where this is left out.
   * @param available every tensor of the file (or, where it is sharded, of its shards)
   * @param model id of the manifest
   * @throws BadWeightsError where one that is needed is missing or has the wrong shape
   */
  tensors?(available: ReadonlyMap<string, TensorInfo>, model: string): readonly string[];
  build(context: BuildContext): Promise<void>;
}
