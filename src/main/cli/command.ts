import type { Library } from '../library/library.ts';
import type { Arguments, OptionSpecs } from './options.ts';
import type { Output } from './output.ts';

/** A library to look at. */
export type LibraryReader = Pick<Library, 'catalogue' | 'settings'>;

/** What a command has to work with. */
export interface CommandContext {
  readonly args: Arguments;
  readonly out: Output;
  /** Aborted by Ctrl-C: finish the files in hand, then return. */
  readonly signal: AbortSignal;
  /** Opens the library named by the options (created when it is not there yet); closed after the command. */
  library(): Promise<Library>;
  /** The same to look at only: also while another process scans, listens or writes. There must be one. */
  reader(): LibraryReader;
}

/** One word after `cratewise`. `run` throws for what ends the command; single files fail through `out.failure`. */
export interface Command {
  readonly name: string;
  readonly synopsis: string;
  readonly summary: string;
  readonly details?: string;
  readonly options: OptionSpecs;
  run(context: CommandContext): Promise<void>;
}
