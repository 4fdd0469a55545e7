import { completeFolder, usualFolders } from '../folders.ts';
import { os } from '../procedures.ts';

/** Answers which folders there are to choose from. */
export function foldersRoutes() {
  return os.folders.router({
    usual: os.folders.usual.handler(() => usualFolders()),
    complete: os.folders.complete.handler(({ input }) => completeFolder(input.typed)),
  });
}
