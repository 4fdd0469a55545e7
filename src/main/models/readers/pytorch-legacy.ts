import type { FileHandle } from 'node:fs/promises';
import { BadWeightsError } from '../bad-weights.ts';
import { type Pickled, readPickle } from './pytorch-pickle.ts';
import type { StoredEntry } from './pytorch-zip.ts';

/** What `torch.save` wrote before 1.6 starts with: 0x1950a86a20f9469cfc6c, as a double. */
const MAGIC = Number(0x1950a86a20f9469cfc6cn);
const PROTOCOL = 1001;
/** Room for the pickles at the start of the file; those of the largest Jukebox take less than 1 MB. */
const MAX_PICKLES = 32 * 1024 * 1024;
const BYTES: Readonly<Record<string, number>> = {
  ...{ Double: 8, Long: 8, Float: 4, Int: 4, Half: 2, BFloat16: 2, Short: 2, Char: 1, Byte: 1, Bool: 1 },
};

/**
 * Reads a checkpoint of torch before 1.6: five pickles (a magic number, the version, the machine, the object, the keys
 * of the storages), then each storage as its count of elements and its bytes.
 * @throws BadWeightsError where it is none, or cut off
 */
export async function legacyStorages(
  handle: FileHandle,
): Promise<{ value: Pickled; storages: ReadonlyMap<string, StoredEntry> }> {
  const { size } = await handle.stat();
  const head = new Uint8Array(Math.min(size, MAX_PICKLES));
  await handle.read(head, 0, head.length, 0);
  let at = 0;
  const next = () => {
    const result = readPickle(head.subarray(at));
    at += result.end;
    return result;
  };
  if (next().value !== MAGIC || next().value !== PROTOCOL) {
    throw new BadWeightsError('The file was not written by torch.save.');
  }
  const machine = next().value;
  if (!(machine instanceof Map) || machine.get('little_endian') !== true) {
    throw new BadWeightsError('The checkpoint was written on a big-endian machine.');
  }
  const { value, storages: mentioned } = next();
  const keys = next().value;
  if (!Array.isArray(keys)) throw new BadWeightsError('The checkpoint does not say which tensors follow.');

  const storages = new Map<string, StoredEntry>();
  const count = new DataView(new ArrayBuffer(8));
  for (const key of keys) {
    const storage = typeof key === 'string' ? mentioned.get(key) : undefined;
    if (!storage || storages.has(storage.key))
      throw new BadWeightsError('The checkpoint names storages that it has not.');
    await handle.read(count, 0, 8, at);
    const length = storage.elements * BYTES[storage.type]!;
    if (count.getBigInt64(0, true) !== BigInt(storage.elements) || at + 8 + length > size) {
      throw new BadWeightsError(`Storage ${storage.key} of the checkpoint is cut off or has another size.`);
    }
    storages.set(storage.key, { start: at + 8, length });
    at += 8 + length;
  }
  return { value, storages };
}
