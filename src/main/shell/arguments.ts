import { statSync } from 'node:fs';
import { extname, isAbsolute, resolve } from 'node:path';

export const LIBRARY_EXTENSION = '.cratewise';

/** What the app was asked to open when it was started, or started again. */
export interface OpenRequest {
  /** A library's file. */
  readonly library?: string;
  /** Folders and files to take into the library. */
  readonly paths: readonly string[];
}

/**
 * Reads a command line: a library by `--library` or as a file that ends in `.cratewise`, and folders or files of music.
 * Switches are Chromium's and are left alone; so is what is not there.
 * @param args without the program (and, from a folder of sources, without that folder)
 * @param directory what relative paths are relative to
 */
export function openRequest(args: readonly string[], directory: string): OpenRequest {
  let library: string | undefined;
  const paths: string[] = [];
  for (let at = 0; at < args.length; at++) {
    const argument = args[at] ?? '';
    const named = argument.startsWith('--library=') ? argument.slice('--library='.length) : undefined;
    if (named !== undefined) library = resolve(directory, named);
    else if (argument === '--library') {
      const next = args[++at];
      if (next) library = resolve(directory, next);
    } else if (argument !== '' && !argument.startsWith('-')) {
      const path = resolve(directory, argument);
      if (isLibraryFile(path)) library = path;
      else if (statSync(path, { throwIfNoEntry: false })) paths.push(path);
    }
  }
  return { ...(library === undefined ? {} : { library }), paths };
}

/** Whether a path is named like a library. */
export function isLibraryFile(path: string): boolean {
  return extname(path).toLowerCase() === LIBRARY_EXTENSION;
}

/** The arguments of a process of Electron's: from a folder of sources, the folder is the first. */
export function ownArguments(argv: readonly string[], isPackaged: boolean): readonly string[] {
  return argv.slice(isPackaged ? 1 : 2);
}

/** What a second instance hands over; anything else is an empty request. Relative to its own folder, not ours. */
export function handedOver(data: unknown): { args: readonly string[]; directory: string } {
  if (typeof data === 'object' && data !== null && 'args' in data && 'directory' in data) {
    const { args, directory } = data;
    if (
      Array.isArray(args) &&
      args.every((argument) => typeof argument === 'string') &&
      typeof directory === 'string' &&
      isAbsolute(directory)
    )
      return { args, directory };
  }
  return { args: [], directory: '/' };
}
