import type { Random } from './random.ts';

/** Numbers that size fields go wrong at. */
const NUMBERS = [
  0, 1, 2, 3, 4, 7, 8, 9, 10, 15, 16, 23, 24, 31, 32, 127, 128, 255, 256, 0x3fff, 0x7fff, 0x8000, 0xffff,
  0x10000, 0x7fffff, 0xffffff, 0x0fffffff, 0x10000000, 0x7fffffff, 0x80000000, 0xfffffff0, 0xfffffffe,
  0xffffffff,
];

/** Marks that make a parser go on where it shouldn't. */
const MARKS = [
  'ID3\x03\0\0',
  'ID3\x04\0\x10',
  '3DI',
  'TAG',
  'APETAGEX',
  'LYRICS200',
  'LYRICSEND',
  'fLaC',
  'OggS',
  'RIFF',
  'RF64',
  'FORM',
  'moov',
  'free',
  'mdat',
  'ilst',
  'data',
  'stco',
  'id3 ',
  'LIST',
  'DSD ',
  '\xff\xfb\x90\x00',
  '\0\0\0\0',
  '\xff\xff\xff\xff',
].map((mark) => Buffer.from(mark, 'latin1'));

/** Where to hit: structure is dense at the front and at the end of music files. */
function place(random: Random, size: number): number {
  const kind = random.below(10);
  if (kind < 4) return random.below(Math.min(size, 256));
  if (kind < 6) return random.below(Math.min(size, 4096));
  if (kind < 8) return size - 1 - random.below(Math.min(size, 300));
  return random.below(size);
}

type Mutation = (bytes: Buffer, random: Random, other: Buffer) => Buffer;

function writeNumber(bytes: Buffer, random: Random): Buffer {
  const at = place(random, bytes.length);
  const near = random.next() < 0.5;
  const width = random.pick([1, 2, 3, 4, 8]);
  if (at + width > bytes.length) return bytes;
  const little = random.next() < 0.5;
  const wide = Math.min(width, 4);
  const old = little ? bytes.readUIntLE(at, wide) : bytes.readUIntBE(at, wide);
  const value = (near ? old + random.below(9) - 4 : random.pick(NUMBERS)) >>> 0;
  const fitting = wide === 4 ? value : value % 2 ** (8 * wide);
  if (little) bytes.writeUIntLE(fitting, at, wide);
  else bytes.writeUIntBE(fitting, width === 8 ? at + 4 : at, wide);
  return bytes;
}

const without = (bytes: Buffer, start: number, end: number): Buffer =>
  Buffer.concat([bytes.subarray(0, start), bytes.subarray(end)]);

const inserted = (bytes: Buffer, at: number, piece: Uint8Array): Buffer =>
  Buffer.concat([bytes.subarray(0, at), piece, bytes.subarray(at)]);

const MUTATIONS: readonly Mutation[] = [
  (bytes, random) => {
    const at = place(random, bytes.length);
    bytes[at] = bytes[at]! ^ (1 << random.below(8));
    return bytes;
  },
  (bytes, random) => {
    bytes[place(random, bytes.length)] = random.below(256);
    return bytes;
  },
  writeNumber,
  writeNumber,
  (bytes, random) => bytes.subarray(0, random.below(bytes.length) + 1),
  (bytes, random) => {
    const start = place(random, bytes.length);
    return without(bytes, start, start + 1 + random.below(64));
  },
  (bytes, random, other) => {
    const start = place(random, other.length);
    return inserted(bytes, place(random, bytes.length), other.subarray(start, start + 1 + random.below(400)));
  },
  (bytes, random) => {
    // A piece twice: two tags in a row, two chunks of a kind.
    const start = place(random, bytes.length);
    const piece = bytes.subarray(start, start + 1 + random.below(2000));
    return inserted(bytes, random.next() < 0.5 ? start : place(random, bytes.length), piece);
  },
  (bytes, random) => {
    random.pick(MARKS).copy(bytes, place(random, bytes.length));
    return bytes;
  },
  (bytes, random, other) => {
    // The front of one file on the back of another.
    const at = random.below(bytes.length);
    return Buffer.concat([bytes.subarray(0, at), other.subarray(random.below(other.length))]);
  },
];

/** Mutations that break nearly everything are rarer. */
const WEIGHTS = [6, 4, 6, 6, 1, 2, 2, 2, 2, 1];
const WHEEL = WEIGHTS.flatMap((weight, index) => Array<Mutation>(weight).fill(MUTATIONS[index]!));

/** A copy of `seed` with one to six mutations; `other` lends pieces. Never empty, at most 256 KiB. */
export function mutate(seed: Buffer, other: Buffer, random: Random): Buffer {
  let bytes = Buffer.from(seed);
  const count = 1 + random.below(random.next() < 0.5 ? 2 : 6);
  for (let index = 0; index < count && bytes.length > 0; index += 1)
    bytes = Buffer.from(random.pick(WHEEL)(bytes, random, other));
  return bytes.subarray(0, 1 << 18);
}
