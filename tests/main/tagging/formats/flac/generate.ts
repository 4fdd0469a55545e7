import fc from 'fast-check';
import { commentBytes, rawEntries } from '../vorbis-comment/generate.ts';

/** A metadata block without its last flag. */
export interface Block {
  readonly type: number;
  readonly body: Buffer;
}

export const block = (type: number, body: Uint8Array | string = ''): Block => ({
  type,
  body: Buffer.from(body as string),
});
export const STREAMINFO = block(0, Buffer.alloc(34, 0x22));
export const comments = (...entries: (string | Uint8Array)[]): Block => block(4, commentBytes(entries));
export const padding = (length: number): Block => block(1, Buffer.alloc(length));

/** A frame header's sync code and some bytes: enough for whoever does not decode. */
export const FRAMES = Buffer.concat([Buffer.from([0xff, 0xf8, 0x69, 0x18]), Buffer.alloc(64, 0xa5)]);

/** A FLAC file made of these blocks. */
export function flacFile(
  blocks: readonly Block[],
  { front = Buffer.alloc(0), audio = FRAMES }: { front?: Buffer; audio?: Buffer } = {},
): Buffer {
  const parts = blocks.flatMap(({ type, body }, index) => {
    const head = Buffer.alloc(4);
    head.writeUInt32BE(body.length);
    head[0] = type | (index === blocks.length - 1 ? 0x80 : 0);
    return [head, body];
  });
  return Buffer.concat([front, Buffer.from('fLaC'), ...parts, audio]);
}

/** An ID3v2.3 tag of zeros. */
export const id3 = (length: number): Buffer =>
  Buffer.concat([
    Buffer.from([0x49, 0x44, 0x33, 3, 0, 0, 0, 0, length >> 7, length & 0x7f]),
    Buffer.alloc(length),
  ]);

const otherBlock = fc.oneof(
  fc.nat({ max: 300 }).map(padding),
  fc
    .tuple(fc.constantFrom(2, 3, 5, 6, 9, 126), fc.uint8Array({ maxLength: 60 }))
    .map(([type, body]) => block(type, body)),
  fc.uint8Array({ minLength: 1, maxLength: 60 }).map((body) => block(1, body)),
);

/** Valid files: any blocks in any order after STREAMINFO, comments or none, ID3 in front or not. */
export const flacFiles: fc.Arbitrary<Buffer> = fc
  .record({
    before: fc.array(otherBlock, { maxLength: 3 }),
    entries: fc.option(rawEntries),
    after: fc.array(otherBlock, { maxLength: 4 }),
    front: fc.option(fc.nat({ max: 200 })),
  })
  .map(({ before, entries, after, front }) =>
    flacFile([STREAMINFO, ...before, ...(entries ? [comments(...entries)] : []), ...after], {
      front: front === null ? Buffer.alloc(0) : id3(front),
    }),
  );
