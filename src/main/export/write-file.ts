import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { link, open, rename, unlink } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { CratewiseError } from '../../shared/errors.ts';

export interface WriteFileOptions {
  /** Put it in the place of a file that is there. Default false: that is refused with `file-exists`. */
  readonly overwrite?: boolean;
  /** Stops it; what was there before stays. */
  readonly signal?: AbortSignal;
}

/**
 * Writes a text file all or nothing: beside its place, to the disk, then under its name. A kill at any moment leaves
 * what was there before (and perhaps a `.tmp` file).
 * @returns bytes written
 * @throws CratewiseError `file-exists`, `not-writable`, `stopped`
 */
export async function writeTextFile(
  file: string,
  pieces: AsyncIterable<string>,
  { overwrite = false, signal }: WriteFileOptions = {},
): Promise<number> {
  const target = resolve(file);
  const refuse = () =>
    new CratewiseError(
      'file-exists',
      `${target} is there already. Choose another name, or ask to overwrite it.`,
    );
  if (!overwrite && existsSync(target)) throw refuse();
  const temporary = join(dirname(target), `.${basename(target)}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    const bytes = await written(temporary, pieces, signal);
    if (overwrite) await rename(temporary, target);
    else await placed(temporary, target, refuse);
    await syncFolder(dirname(target));
    return bytes;
  } catch (error) {
    await unlink(temporary).catch(() => {});
    if (error instanceof CratewiseError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOSPC')
      throw new CratewiseError('disk-full', `No room left for ${target}.`, { cause: error });
    if (code !== undefined)
      throw new CratewiseError('not-writable', `${target} can't be written (${message}).`, { cause: error });
    throw error;
  }
}

async function written(
  temporary: string,
  pieces: AsyncIterable<string>,
  signal: AbortSignal | undefined,
): Promise<number> {
  let bytes = 0;
  const handle = await open(temporary, 'wx');
  try {
    for await (const piece of pieces) {
      if (signal?.aborted) throw new CratewiseError('stopped', 'Stopped; nothing was written.');
      const encoded = Buffer.from(piece);
      // Goes on where the last one ended.
      await handle.writeFile(encoded);
      bytes += encoded.length;
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
  return bytes;
}

/** Gives the file its name if nothing has it: a link fails where a rename would replace. */
async function placed(temporary: string, target: string, refuse: () => Error): Promise<void> {
  try {
    await link(temporary, target);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') throw refuse();
    // FAT and some shares know no links.
    if (existsSync(target)) throw refuse();
    await rename(temporary, target);
    return;
  }
  await unlink(temporary);
}

/** So that the name is on the disk too; not every system can. */
async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, 'r');
    await handle.sync().finally(() => handle.close());
  } catch {
    // The file itself is safe.
  }
}
