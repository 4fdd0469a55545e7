/** The generator polynomial of Ogg's CRC (RFC 3533, section 6). */
const POLYNOMIAL = 0x04c11db7;

/** How many bytes are taken at a time. */
const SLICES = 8;

/**
 * `TABLES[k][byte]`: what a byte, followed by k zero bytes, leaves in the register. With them, eight bytes take one
 * step ("slicing by 8", Kounavis and Berry 2005).
 */
const TABLES: readonly Int32Array[] = Array.from({ length: SLICES }, () => new Int32Array(256));
const [T0, T1, T2, T3, T4, T5, T6, T7] = TABLES as [
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
];
for (let index = 0; index < 256; index++) {
  let remainder = index << 24;
  for (let bit = 0; bit < 8; bit++) {
    remainder = remainder & 0x80000000 ? (remainder << 1) ^ POLYNOMIAL : remainder << 1;
  }
  T0[index] = remainder;
}
for (let slice = 1; slice < SLICES; slice++) {
  for (let index = 0; index < 256; index++) {
    const before = TABLES[slice - 1]![index]!;
    TABLES[slice]![index] = (before << 8) ^ T0[before >>> 24]!;
  }
}

/** Continues a CRC over some bytes. */
function update(start: number, bytes: Uint8Array, from: number, to: number): number {
  let crc = start;
  let at = from;
  for (; at + SLICES <= to; at += SLICES) {
    crc ^= (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
    crc =
      T7[crc >>> 24]! ^
      T6[(crc >>> 16) & 0xff]! ^
      T5[(crc >>> 8) & 0xff]! ^
      T4[crc & 0xff]! ^
      T3[bytes[at + 4]!]! ^
      T2[bytes[at + 5]!]! ^
      T1[bytes[at + 6]!]! ^
      T0[bytes[at + 7]!]!;
  }
  for (; at < to; at++) crc = (crc << 8) ^ T0[(crc >>> 24) ^ bytes[at]!]!;
  return crc;
}

/** Where the CRC stands in a page. */
const CRC_AT = 22;
const ZEROS = new Uint8Array(4);

/**
 * CRC that a page should have: most significant bit first, start 0, no inversion, over the whole page with its CRC
 * field taken as zero.
 * @returns unsigned, 32 bits
 */
export function oggPageCrc(page: Uint8Array): number {
  const front = update(0, page, 0, Math.min(CRC_AT, page.length));
  if (page.length < CRC_AT + 4) return front >>> 0;
  return update(update(front, ZEROS, 0, 4), page, CRC_AT + 4, page.length) >>> 0;
}
