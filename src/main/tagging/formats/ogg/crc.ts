/**
 * CRC of an Ogg page: polynomial 0x04C11DB7, most significant bit first, start 0, no final inversion (RFC 3533,
 * section 6). Taken over the whole page with the CRC field itself set to zero.
 */
const TABLE = new Int32Array(256);
for (let index = 0; index < 256; index++) {
  let remainder = index << 24;
  for (let bit = 0; bit < 8; bit++) {
    remainder = remainder & 0x80000000 ? (remainder << 1) ^ 0x04c11db7 : remainder << 1;
  }
  TABLE[index] = remainder;
}

/** Where the CRC stands in a page. */
const CRC_AT = 22;

/** CRC (unsigned, 32 bits) that a page should have. The four bytes of its CRC field count as zero. */
export function oggPageCrc(page: Uint8Array): number {
  let crc = 0;
  for (let at = 0; at < page.length; at++) {
    const byte = at >= CRC_AT && at < CRC_AT + 4 ? 0 : page[at]!;
    crc = (crc << 8) ^ TABLE[(crc >>> 24) ^ byte]!;
  }
  return crc >>> 0;
}
