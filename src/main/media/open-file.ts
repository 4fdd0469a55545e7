import { constants } from 'node:fs';
import { type FileHandle, open, realpath, stat } from 'node:fs/promises';
import { CratewiseError } from '../../shared/errors.ts';
import { pathFromBytes } from '../../shared/path.ts';
import { isWithin, systemPath } from '../scan/names.ts';

/** A file of the catalogue, as far as it matters here. */
export interface CataloguedFile {
  /** In our escaped form. */
  readonly path: string;
  /** As the scan found them, decimal. */
  readonly inode: string;
  readonly device: string;
}

/** A file that is open for reading. Whoever has it closes it. */
export interface OpenedFile {
  readonly handle: FileHandle;
  /** Bytes. */
  readonly size: number;
  /** Nanoseconds since 1970. */
  readonly modified: bigint;
}

/** The path behind all links, in our escaped form. */
export async function realPathOf(path: string): Promise<string> {
  if (process.platform === 'win32') return realpath(path);
  return pathFromBytes(await realpath(systemPath(path), { encoding: 'buffer' }));
}

const refused = (): CratewiseError =>
  new CratewiseError(
    'not-here',
    'There is something else in this file’s place than when the library was scanned. Scan it again.',
  );

/**
 * Opens a file of the library for reading: a regular file that lies in the library's folder, or that is reached by a
 * link and is the very file that the scan found there. What was put in its place since by way of a link, and what is
 * a pipe, a device or a folder, is refused.
 * @param root the library's folder that it belongs to, escaped form
 * @param real the path behind all links
 * @throws CratewiseError `not-here`, or the system's error
 */
export async function openCatalogued(file: CataloguedFile, root: string, real: string): Promise<OpenedFile> {
  if (!isWithin(file.path, root)) throw refused();
  // Without O_NONBLOCK, opening a named pipe would wait for ever.
  const handle = await open(
    systemPath(real),
    constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOFOLLOW ?? 0),
  );
  try {
    const opened = await handle.stat({ bigint: true });
    if (!opened.isFile()) throw refused();
    const isKnown =
      file.inode !== '0' &&
      String(BigInt.asUintN(64, opened.ino)) === file.inode &&
      String(BigInt.asUintN(64, opened.dev)) === file.device;
    if (!isKnown) {
      // Another file than then, as editors make one: only where no link leads to it.
      const realRoot = await realPathOf(root);
      if (real !== realRoot + file.path.slice(root.length)) throw refused();
      // And what was opened has to be what is there: a link may have been put in between.
      const there = await stat(systemPath(file.path), { bigint: true });
      if (there.ino !== opened.ino || there.dev !== opened.dev) throw refused();
    }
    return { handle, size: Number(opened.size), modified: opened.mtimeNs };
  } catch (error) {
    await handle.close();
    throw error;
  }
}
