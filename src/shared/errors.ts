/**
 * Base of every error that we raise on purpose. The message is for a user to act on; `code` is for programs
 * (it appears in `--json` output and survives the trip between processes).
 */
export class CratewiseError extends Error {
  override readonly name: string = 'CratewiseError';
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** A file that can't be read, decoded, understood or safely written. `path` is in our escaped form (see `path.ts`). */
export class FileError extends CratewiseError {
  override readonly name: string = 'FileError';
  readonly path: string;

  constructor(code: string, path: string, message: string, options?: ErrorOptions) {
    super(code, message, options);
    this.path = path;
  }
}

/** What an error becomes on its way between processes. */
export interface ErrorShape {
  readonly code: string;
  readonly message: string;
  readonly path?: string;
  readonly stack?: string;
}

/** The transferable shape of anything that was thrown. */
export function toErrorShape(thrown: unknown): ErrorShape {
  if (!(thrown instanceof Error)) return { code: 'unknown', message: String(thrown) };
  const code = 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : 'unexpected';
  const shape: { code: string; message: string; path?: string; stack?: string } = {
    code,
    message: thrown.message,
  };
  if (thrown instanceof FileError) shape.path = thrown.path;
  if (thrown.stack) shape.stack = thrown.stack;
  return shape;
}

/** The error that a shape from another process stands for. */
export function fromErrorShape(shape: ErrorShape): CratewiseError {
  const error =
    shape.path === undefined
      ? new CratewiseError(shape.code, shape.message)
      : new FileError(shape.code, shape.path, shape.message);
  if (shape.stack) error.stack = shape.stack;
  return error;
}
