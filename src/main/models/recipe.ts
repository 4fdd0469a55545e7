/** What a recipe has to work with. It runs in the install worker process. */
export interface BuildContext {
  /** The absolute path of a fetched and verified file, by its path in the manifest. */
  file(path: string): string;
  /** Absolute path of the folder, empty at first, that becomes the installed model: ONNX files and their data. */
  readonly output: string;
  /** 0..1 of the building. */
  progress(fraction: number): void;
  readonly signal: AbortSignal;
}

/**
 * Turns the files that authors publish into ONNX. Must read them as hostile input: sizes checked before memory is
 * taken, nothing in them executed. Throws a CratewiseError with code `bad-weights` for files it can't accept.
 */
export interface Recipe {
  /** As `recipe` in the manifest. */
  readonly id: string;
  build(context: BuildContext): Promise<void>;
}
