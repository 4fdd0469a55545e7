import { CratewiseError, toErrorShape } from '../../shared/errors.ts';
import { type FileContent, readContent } from './content.ts';
import { FileReader } from './reader.ts';

/** What a file system says of a file; 64-bit numbers as decimal strings. */
export interface Stamp {
  readonly size: number;
  /** Nanoseconds since 1970. */
  readonly mtime: string;
  readonly inode: string;
  readonly device: string;
}

/** What was read of one file. */
export interface ReadFile {
  readonly path: string;
  /** As it was when the file was opened; null where it could not be. */
  readonly stamp: Stamp | null;
  readonly content: FileContent | null;
  /** Set exactly when `content` is null. */
  readonly problem: { readonly code: string; readonly message: string } | null;
}

/**
 * Reads tags, properties and audio identity of one file. Never throws: what goes wrong is part of the result.
 * @param path in our escaped form
 */
export async function readFile(path: string): Promise<ReadFile> {
  let reader: FileReader | undefined;
  try {
    reader = await FileReader.open(path);
    const { stat } = reader;
    const stamp = {
      size: reader.size,
      mtime: String(stat.mtimeNs),
      inode: String(BigInt.asUintN(64, stat.ino)),
      device: String(BigInt.asUintN(64, stat.dev)),
    };
    try {
      await reader.prefetch();
      return { path, stamp, content: await readContent(reader), problem: null };
    } catch (error) {
      return { path, stamp, content: null, problem: problemOf(error) };
    }
  } catch (error) {
    return { path, stamp: null, content: null, problem: problemOf(error) };
  } finally {
    reader?.close();
  }
}

/** Errors of the system keep their code and get words; what a parser throws becomes `unreadable`. */
export function problemOf(thrown: unknown): { code: string; message: string } {
  const { code, message } = toErrorShape(thrown);
  if (thrown instanceof CratewiseError) return { code, message };
  const known: Readonly<Record<string, string>> = {
    ENOENT: 'The file is gone.',
    EACCES: 'Cratewise is not allowed to read this file.',
    EPERM: 'Cratewise is not allowed to read this file.',
    EIO: 'The disk reports a read error.',
    EISDIR: 'This is a folder.',
    ENAMETOOLONG: 'The path is longer than the system allows.',
    ENXIO: 'This is not a regular file.',
  };
  if (known[code]) return { code, message: known[code] };
  if (/^E[A-Z]+$/.test(code)) return { code, message: `The file can't be read: ${message}` };
  return { code: 'unreadable', message: `The file's structure can't be understood: ${message}` };
}
