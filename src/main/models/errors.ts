import { CratewiseError } from '../../shared/errors.ts';

/** What can go wrong with fetching, installing and checking models. */
export type ModelErrorCode =
  | 'unknown-model'
  | 'no-recipe'
  | 'licence-not-accepted'
  | 'disk-full'
  | 'model-busy'
  | 'model-in-use'
  | 'not-installed'
  | 'source-unreachable'
  | 'source-missing'
  | 'source-refused'
  | 'source-changed'
  | 'wrong-bytes'
  | 'no-ranges'
  | 'check-failed';

/** A model that could not be fetched, installed, checked or removed. What was installed before stands as it was. */
export class ModelError extends CratewiseError {
  override readonly name = 'ModelError';

  constructor(code: ModelErrorCode, message: string, options?: ErrorOptions) {
    super(code, message, options);
  }
}

/** The error for a call that was called off: the code that the command line and the app know as such. */
export const cancelled = (): CratewiseError =>
  new CratewiseError('closed', 'The installation was cancelled.');

/** What a failed write says to a user: a full disk by name, anything else as it is. */
export function writeError(thrown: unknown, folder: string): unknown {
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
  if (code !== 'ENOSPC' && code !== 'EDQUOT') return thrown;
  return new ModelError(
    'disk-full',
    `The disk of ${folder} is full. Make room and install again: it goes on where it stopped.`,
    { cause: thrown },
  );
}
