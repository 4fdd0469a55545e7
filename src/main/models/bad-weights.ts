import { CratewiseError } from '../../shared/errors.ts';

/** A file of weights that is not what it says it is, or not what the recipe knows how to read. */
export class BadWeightsError extends CratewiseError {
  override readonly name = 'BadWeightsError';

  /** @param message what is wrong, with the file's or the tensor's name */
  constructor(message: string, options?: ErrorOptions) {
    super('bad-weights', message, options);
  }
}
