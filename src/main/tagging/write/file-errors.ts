import { CratewiseError, FileError } from '../../../shared/errors.ts';

const MESSAGES: Readonly<Record<string, readonly [code: string, message: string]>> = {
  ENOENT: ['missing', 'The file is not there any more.'],
  EACCES: ['read-only', 'There is no permission to write this file or its folder.'],
  EPERM: ['read-only', 'The system does not permit writing this file or its folder.'],
  EROFS: ['read-only', 'The disk is mounted read-only.'],
  ENOSPC: ['disk-full', 'The disk is full: the file was left as it is.'],
  EDQUOT: ['disk-full', 'The disk quota is used up: the file was left as it is.'],
  EFBIG: ['disk-full', 'The file would become larger than the file system allows; it was left as it is.'],
  EBUSY: ['in-use', 'Another program has the file open and does not let it be replaced.'],
  ETXTBSY: ['in-use', 'Another program has the file open and does not let it be replaced.'],
  EIO: ['io', 'The disk reports an error in reading or writing.'],
  ESTALE: ['offline', 'The network drive is gone.'],
  ENOTCONN: ['offline', 'The network drive is gone.'],
  ENAMETOOLONG: ['name-too-long', 'The name of the folder is too long for a temporary copy beside the file.'],
};

/** Anything thrown while a file was worked on, as an error of that file that a user can act on. */
export function fileError(path: string, thrown: unknown): FileError {
  if (thrown instanceof FileError) return thrown;
  if (thrown instanceof CratewiseError)
    return new FileError(thrown.code, path, thrown.message, { cause: thrown });
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';
  const known = MESSAGES[code];
  if (known) return new FileError(known[0], path, known[1], { cause: thrown });
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new FileError('write-failed', path, `The file could not be written: ${message}`, { cause: thrown });
}
