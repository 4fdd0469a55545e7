import { serveCalls } from '../../shared/worker/serve.ts';
import { openCatalogue } from './open.ts';
import { type ReaderCalls, readerCalls } from './reader-calls.ts';

/** Less than the process that writes keeps: there are several of us. */
const CACHE_MB = 32;

/** Entry of a process that reads a library: a search must not hold up the main process, nor an edit a search. */
export interface ReaderWorkerCalls {
  /** Asks the library in `file`, which is opened the first time. */
  read(file: string, method: keyof ReaderCalls, params: readonly unknown[]): Promise<unknown>;
}

let open: { readonly file: string; readonly calls: ReaderCalls } | undefined;

serveCalls<ReaderWorkerCalls>({
  async read(file, method, params) {
    if (open?.file !== file) {
      const catalogue = openCatalogue(file, { access: 'read', cacheMegabytes: CACHE_MB });
      open = { file, calls: readerCalls(catalogue) };
    }
    return (open.calls[method] as (...args: readonly unknown[]) => unknown)(...params);
  },
});
