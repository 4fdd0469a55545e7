import { constants, setPriority } from 'node:os';
import { CratewiseError } from '../../shared/errors.ts';
import { type ListeningCalls, NOT_OPEN } from '../../shared/listening.ts';
import type { CallContext } from '../../shared/worker/protocol.ts';
import { serveCalls } from '../../shared/worker/serve.ts';
import { measurePeaks } from './measure.ts';
import { PcmReader } from './pcm-reader.ts';

/** The process for listening. Its argument `background`: what it does can wait for everything else. */
if (process.argv[2] === 'background') setPriority(constants.priority.PRIORITY_BELOW_NORMAL);

const readers = new Map<number, PcmReader>();

function reader(id: number): PcmReader {
  const found = readers.get(id);
  if (!found) throw new CratewiseError(NOT_OPEN, 'The file is not open.');
  return found;
}

serveCalls<ListeningCalls>({
  peaks: (path, context?: CallContext) => measurePeaks(path, context?.signal),
  async open(id, path) {
    const opened = new PcmReader(path);
    readers.set(id, opened);
    return opened.info;
  },
  read: async (id, from, frames) => reader(id).read(from, frames),
  async close(id) {
    readers.get(id)?.close();
    readers.delete(id);
  },
});
