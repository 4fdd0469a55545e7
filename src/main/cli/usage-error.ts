import { CratewiseError } from '../../shared/errors.ts';

/** The command line can't be understood: exit code 2, and the message says what to type instead. */
export class UsageError extends CratewiseError {
  override readonly name = 'UsageError';

  constructor(message: string) {
    super('usage', message);
  }
}
