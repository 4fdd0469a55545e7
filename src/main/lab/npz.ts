import { inflateRawSync } from 'node:zlib';
import { ArrayFileError, type NpyArray, readNpy } from './npy.ts';

const END_SIGNATURE = 0x06054b50;
const ENTRY_SIGNATURE = 0x02014b50;
const LOCAL_SIGNATURE = 0x04034b50;
const END_SIZE = 22;
const MAX_COMMENT = 65_535;
const MAX_ENTRIES = 1_000;

/** Most bytes that the arrays of one file may hold together; deflate can pack a thousand times. */
const MAX_UNPACKED = 1024 * 1024 * 1024;

interface Entry {
  readonly name: string;
  readonly method: number;
  readonly packedSize: number;
  readonly size: number;
  readonly localAt: number;
}

/**
 * Reads NumPy's `.npz`: a ZIP of `.npy` files, stored or deflated. ZIP64 is read only as far as `numpy.savez` uses
 * it without need (local headers); a file of more than 4 GB is refused.
 * @returns the arrays by name, without `.npy`
 * @throws ArrayFileError for anything that is not such a file or that contradicts itself
 */
export function readNpz(bytes: Uint8Array): Map<string, NpyArray> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const arrays = new Map<string, NpyArray>();
  let unpacked = 0;
  for (const entry of readDirectory(bytes, view)) {
    if (!entry.name.endsWith('.npy')) continue;
    const name = entry.name.slice(0, -'.npy'.length);
    if (arrays.has(name)) throw new ArrayFileError(`The archive holds ${name} twice.`);
    unpacked += entry.size;
    if (unpacked > MAX_UNPACKED) throw new ArrayFileError('The arrays are larger than we read.');
    arrays.set(name, readNpy(unpack(bytes, view, entry)));
  }
  return arrays;
}

function readDirectory(bytes: Uint8Array, view: DataView): Entry[] {
  const endAt = findEnd(view);
  const count = view.getUint16(endAt + 10, true);
  let at = view.getUint32(endAt + 16, true);
  if (count > MAX_ENTRIES) throw new ArrayFileError('The archive has more entries than we read.');
  const entries: Entry[] = [];
  for (let index = 0; index < count; index++) {
    if (at + 46 > endAt || view.getUint32(at, true) !== ENTRY_SIGNATURE) {
      throw new ArrayFileError("The archive's directory is damaged.");
    }
    const nameLength = view.getUint16(at + 28, true);
    const next = at + 46 + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
    if (next > endAt) throw new ArrayFileError("The archive's directory is damaged.");
    entries.push({
      name: new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + nameLength)),
      method: view.getUint16(at + 10, true),
      packedSize: view.getUint32(at + 20, true),
      size: view.getUint32(at + 24, true),
      localAt: view.getUint32(at + 42, true),
    });
    at = next;
  }
  return entries;
}

function findEnd(view: DataView): number {
  const lowest = Math.max(0, view.byteLength - END_SIZE - MAX_COMMENT);
  for (let at = view.byteLength - END_SIZE; at >= lowest; at--) {
    if (view.getUint32(at, true) === END_SIGNATURE) return at;
  }
  throw new ArrayFileError('The file is not a NumPy archive.');
}

function unpack(bytes: Uint8Array, view: DataView, entry: Entry): Uint8Array {
  const { localAt, packedSize, size, name } = entry;
  if (localAt + 30 > bytes.length || view.getUint32(localAt, true) !== LOCAL_SIGNATURE) {
    throw new ArrayFileError(`${name} is not where the archive says.`);
  }
  const start = localAt + 30 + view.getUint16(localAt + 26, true) + view.getUint16(localAt + 28, true);
  if (start + packedSize > bytes.length) throw new ArrayFileError(`${name} is cut off.`);
  const packed = bytes.subarray(start, start + packedSize);
  if (entry.method === 0) return packed;
  if (entry.method !== 8) throw new ArrayFileError(`${name} is compressed in a way that we don't read.`);
  let data: Uint8Array;
  try {
    data = inflateRawSync(packed, { maxOutputLength: Math.max(1, size) });
  } catch (cause) {
    throw new ArrayFileError(`${name} can't be unpacked.`, { cause });
  }
  if (data.length !== size) throw new ArrayFileError(`${name} is not as long as the archive says.`);
  return data;
}
