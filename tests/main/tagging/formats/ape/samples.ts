import { memorySource } from '../../../../../src/main/tagging/bytes/memory-source.ts';
import type { ByteSource } from '../../../../../src/main/tagging/format.ts';
import { apeFormat } from '../../../../../src/main/tagging/formats/ape/index.ts';

/** An item as the tests describe it; `value` in bytes for what is not text. */
export interface SampleItem {
  readonly key: string;
  readonly value: string | Uint8Array;
  readonly flags?: number;
}

export interface SampleTag {
  readonly items: readonly SampleItem[];
  readonly version?: 1000 | 2000;
  readonly header?: boolean;
  readonly tagFlags?: number;
}

const uint32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value >>> 0);
  return bytes;
};

/** An APE tag written from the specification, independently of the code under test. */
export function sampleTag({ items, version = 2000, header = true, tagFlags = 0 }: SampleTag): Buffer {
  const body = Buffer.concat(
    items.flatMap(({ key, value, flags = 0 }) => {
      const bytes = Buffer.from(value);
      return [uint32(bytes.length), uint32(flags), Buffer.from(`${key}\0`, 'latin1'), bytes];
    }),
  );
  const frame = (flags: number): Buffer =>
    Buffer.concat([
      Buffer.from('APETAGEX'),
      uint32(version),
      uint32(body.length + 32),
      uint32(items.length),
      uint32(flags),
      Buffer.alloc(8),
    ]);
  const withHeader = header && version === 2000;
  const parts = [body, frame((withHeader ? 0x80000000 : 0) | tagFlags)];
  return Buffer.concat(withHeader ? [frame(0xa0000000 | tagFlags), ...parts] : parts);
}

/** A Monkey's Audio file's first bytes and some noise: the tag code looks no deeper. */
export const MONKEY_AUDIO = Buffer.concat([
  Buffer.from('MAC '),
  Buffer.from(Array.from({ length: 300 }, (_, index) => (index * 37) & 0xff)),
]);

export const ID3V1 = Buffer.concat([Buffer.from('TAGOld title'), Buffer.alloc(116, 0x20)]);

/** A Lyrics3 v2 block with an indication field. */
export const LYRICS3 = Buffer.from('LYRICSBEGININD0000200000021LYRICS200');

export const source = (...parts: readonly Uint8Array[]): ByteSource => memorySource(Buffer.concat(parts));

export const valuesOf = (bytes: Uint8Array) => apeFormat.parse(memorySource(bytes)).values;
