import fc from 'fast-check';
import { tagText } from '../support/arbitrary.ts';

const length32 = (length: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(length);
  return bytes;
};

/** A comment header from its raw entries. */
export const commentBytes = (
  entries: readonly (string | Uint8Array)[],
  { vendor = 'reference libFLAC 1.4.2', tail = Buffer.alloc(0) }: { vendor?: string; tail?: Uint8Array } = {},
): Buffer => {
  const raw = entries.map((entry) => Buffer.from(entry as string));
  return Buffer.concat([
    length32(Buffer.byteLength(vendor)),
    Buffer.from(vendor),
    length32(raw.length),
    ...raw.flatMap((entry) => [length32(entry.length), entry]),
    tail,
  ]);
};

const NAMES = [
  ...[
    'GENRE',
    'genre',
    'InitialKey',
    'KEY',
    'TITLE',
    'ARTIST',
    'TRACKNUMBER',
    'TRACKTOTAL',
    'TOTALTRACKS',
    'DATE',
  ],
  ...[
    'YEAR',
    'COMMENT',
    'DESCRIPTION',
    'BPM',
    'TEMPO',
    'ALBUM ARTIST',
    'Energy',
    'REPLAYGAIN_TRACK_GAIN',
    'RATING',
  ],
];

const entry: fc.Arbitrary<Buffer> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .tuple(fc.constantFrom(...NAMES), tagText)
      .map(([name, text]) => Buffer.from(`${name}=${text}`)),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom('TRACKNUMBER=3/12', 'DISCNUMBER=1/', 'GENRE=', 'TRACKNUMBER=/9')
      .map((text) => Buffer.from(text)),
  },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 30 }).map((bytes) => Buffer.from(bytes)) },
);

/** Entries as one finds them: names in any case, repeated, without `=`, not UTF-8, empty. */
export const rawEntries = fc.array(entry, { maxLength: 12 });
