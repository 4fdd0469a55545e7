import { CratewiseError } from '../../shared/errors.ts';

/** The file is left alone because an edit would not be provably safe. The message says what was found. */
export class RefusedError extends CratewiseError {
  override readonly name = 'RefusedError';

  constructor(message: string, options?: ErrorOptions) {
    super('refused', message, options);
  }
}
