import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { locateAudio } from '../../../src/main/scan/audio/locate.ts';
import { readContent } from '../../../src/main/scan/content.ts';
import { readLeniently } from '../../../src/main/scan/lenient.ts';
import { readerOf } from '../../../src/main/scan/reader.ts';
import { wave } from './fixtures.ts';

const frame = Buffer.concat([Buffer.from([0xff, 0xfb, 0x90, 0x00]), Buffer.alloc(413, 0x11)]);
const frames = (count: number): Buffer => Buffer.concat(Array.from({ length: count }, () => frame));

/** An ID3v2.3 tag of Latin-1 text frames. */
function id3(texts: Readonly<Record<string, string>>): Buffer {
  const body = Buffer.concat(
    Object.entries(texts).map(([id, text]) => {
      const head = Buffer.alloc(11);
      head.write(id, 'latin1');
      head.writeUInt32BE(text.length + 1, 4);
      return Buffer.concat([head, Buffer.from(text, 'latin1')]);
    }),
  );
  const size = [21, 14, 7, 0].map((shift) => (body.length >> shift) & 127);
  return Buffer.concat([Buffer.from('ID3\x03\0\0', 'latin1'), Buffer.from(size), body]);
}

const both = async (bytes: Buffer) => {
  const reader = readerOf(bytes);
  return [await readContent(reader), await readLeniently(reader, await locateAudio(reader))] as const;
};

describe('readContent', () => {
  it('reads an MP3 as music-metadata does', async () => {
    const tag = id3({
      TIT2: 'Title',
      TPE1: 'AC/DC',
      TCON: 'House; Techno',
      TKEY: 'Am',
      TRCK: '2/9',
      TBPM: '128',
    });
    const [own, lenient] = await both(Buffer.concat([tag, frames(200)]));
    expect(own).toMatchObject({ container: 'mp3', sampleRate: 44_100, channels: 2 });
    expect(own.durationSeconds).toBeCloseTo((200 * 1152) / 44_100, 6);
    expect(own.tags).toEqual({
      title: ['Title'],
      artist: ['AC/DC'],
      genre: ['House', 'Techno'],
      key: ['Am'],
      trackNumber: ['2'],
      trackTotal: ['9'],
      bpm: ['128'],
    });
    expect(lenient.tags).toEqual(own.tags);
  });

  it('keeps what stands in brackets in a genre, which music-metadata drops', async () => {
    const { tags } = await readContent(
      readerOf(Buffer.concat([id3({ TCON: 'Drum & Bass (Neuro)' }), frames(9)])),
    );
    expect(tags.genre).toEqual(['Drum & Bass (Neuro)']);
  });

  it('leaves out free-form fields that are data rather than text', async () => {
    const tag = id3({ TIT2: 'T', TXXX: `SERATO\0${'QUJD'.repeat(500)}` });
    expect((await readContent(readerOf(Buffer.concat([tag, frames(9)])))).tags).toEqual({ title: ['T'] });
  });

  // music-metadata knows the end of a file by the class that strtok3 throws: a second copy of it would break this.
  it('shares strtok3 with music-metadata', async () => {
    const reader = readerOf(frames(5));
    await expect(readLeniently(reader, await locateAudio(reader))).resolves.toMatchObject({
      container: 'mp3',
    });
  });

  it('says that nothing, text and noise are no audio', async () => {
    await expect(readContent(readerOf(Buffer.alloc(0)))).rejects.toMatchObject({ code: 'empty-file' });
    await expect(readContent(readerOf(Buffer.from('text '.repeat(999))))).rejects.toMatchObject({
      code: 'not-audio',
    });
    await expect(readContent(readerOf(Buffer.alloc(50_000)))).rejects.toMatchObject({ code: 'not-audio' });
  });

  it('gives a result or an error for whatever is damaged, soon', async () => {
    const seeds = [
      Buffer.concat([id3({ TIT2: 'T', TCON: 'G' }), frames(20)]),
      wave(1, { INAM: 'x' }, 300),
      Buffer.concat([id3({ TKEY: 'Am' }), wave(2, {}, 100)]),
    ];
    const damage = fc.array(fc.tuple(fc.nat(700), fc.nat(255)), { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...seeds), damage, fc.nat(10_000), async (seed, changes, cut) => {
        const bytes = Buffer.from(seed.subarray(0, seed.length - (cut % seed.length)));
        for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
        const started = performance.now();
        await readContent(readerOf(bytes)).then(
          ({ tags }) =>
            expect(
              Object.values(tags)
                .flat()
                .every((text) => text !== ''),
            ).toBe(true),
          (error: unknown) => expect(error).toBeInstanceOf(Error),
        );
        expect(performance.now() - started).toBeLessThan(10_000);
      }),
      { numRuns: 200 },
    );
  });
});
