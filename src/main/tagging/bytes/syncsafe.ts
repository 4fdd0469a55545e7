/** Largest number that four 7-bit bytes can hold (ID3v2.4 §6.2). */
export const MAX_SYNCSAFE = 0x0fff_ffff;

/** Whether four bytes are a synchsafe integer: no top bit set. */
export function isSyncsafe(bytes: Buffer, at: number): boolean {
  return ((bytes[at]! | bytes[at + 1]! | bytes[at + 2]! | bytes[at + 3]!) & 0x80) === 0;
}

/** The 28-bit number in four synchsafe bytes, most significant first. Top bits are ignored. */
export function readSyncsafe(bytes: Buffer, at: number): number {
  return (
    ((bytes[at]! & 0x7f) << 21) |
    ((bytes[at + 1]! & 0x7f) << 14) |
    ((bytes[at + 2]! & 0x7f) << 7) |
    (bytes[at + 3]! & 0x7f)
  );
}

/**
 * `value` as four synchsafe bytes.
 * @throws RangeError beyond 28 bits
 */
export function syncsafe(value: number): Buffer {
  if (value < 0 || value > MAX_SYNCSAFE) throw new RangeError(`${value} does not fit 28 bits`);
  return Buffer.from([(value >> 21) & 0x7f, (value >> 14) & 0x7f, (value >> 7) & 0x7f, value & 0x7f]);
}
