import { CratewiseError } from '../../shared/errors.ts';

/** The examples can't teach what is asked for. */
export class TrainingError extends CratewiseError {
  override readonly name = 'TrainingError';

  constructor(message: string, options?: ErrorOptions) {
    super('bad-training', message, options);
  }
}
