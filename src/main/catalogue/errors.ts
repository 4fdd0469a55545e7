import { CratewiseError } from '../../shared/errors.ts';

/** What can be wrong with a catalogue as a whole; the code is stable, for programs. */
export type CatalogueProblem =
  /** The file holds something else: text, noise, another application's database. */
  | 'not-a-catalogue'
  /** Written by a newer Cratewise. */
  | 'catalogue-too-new'
  /** There is no such file and none was to be made. */
  | 'no-catalogue'
  /** Another Cratewise process changes this catalogue just now. */
  | 'catalogue-in-use'
  /** The folder or the file can't be written. */
  | 'catalogue-not-writable'
  /** The disk has no room left. */
  | 'disk-full'
  /** A migration failed; nothing was changed. */
  | 'migration-failed'
  /** The file was a catalogue and is damaged. */
  | 'catalogue-damaged';

/** The catalogue can't be opened or used. The message says what to do. */
export class CatalogueError extends CratewiseError {
  override readonly name = 'CatalogueError';
  readonly file: string;

  constructor(code: CatalogueProblem, file: string, message: string, options?: ErrorOptions) {
    super(code, message, options);
    this.file = file;
  }
}
