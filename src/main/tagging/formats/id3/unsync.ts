/** Bytes with the unsynchronisation taken out, and the way back to where they stood. */
export interface Unsynced {
  readonly bytes: Buffer;
  /** Offset in the stored bytes of the decoded byte at `at` (or of the end). */
  rawOffset(at: number): number;
}

/** Takes out the zero that follows each 0xFF (ID3v2.3 §5, ID3v2.4 §6.1). */
export function removeUnsync(raw: Buffer): Unsynced {
  const bytes = Buffer.alloc(raw.length);
  // Decoded offsets before which one zero was dropped, ascending.
  const dropped: number[] = [];
  let length = 0;
  for (let at = 0; at < raw.length; at += 1) {
    bytes[length++] = raw[at]!;
    if (raw[at] === 0xff && raw[at + 1] === 0) {
      at += 1;
      dropped.push(length);
    }
  }
  return {
    bytes: bytes.subarray(0, length),
    rawOffset: (at) => at + countUpTo(dropped, at),
  };
}

/** How many numbers in the ascending list are ≤ `limit`. */
function countUpTo(ascending: readonly number[], limit: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ascending[middle]! <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Puts a zero behind each 0xFF that could look like an MPEG sync, be read as our own zero, or ends the bytes. */
export function addUnsync(bytes: Buffer): Buffer {
  const raw: number[] = [];
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at]!;
    const next = bytes[at + 1];
    raw.push(byte);
    if (byte === 0xff && (next === undefined || next === 0 || next >= 0xe0)) raw.push(0);
  }
  return Buffer.from(raw);
}
