import { describe, expect, it } from 'vitest';
import { memorySource } from '../../../../src/main/tagging/bytes/memory-source.ts';
import { readBack } from '../../../../src/main/tagging/write/read-back.ts';
import { id3Tag, latin1, mpegFrames, text } from '../support/id3-builder.ts';

const frames = [text('TCON', 'Drum & Bass; Techno'), text('TRCK', '05/12'), text('TPE1', 'AC/DC')];
const source = memorySource(Buffer.concat([id3Tag({ version: 3, frames }), mpegFrames(9)]));
const change = (field: 'genre' | 'trackNumber' | 'artist', ...after: string[]) => ({
  field,
  before: [],
  after,
  location: '',
});

describe('readBack', () => {
  it('finds values however readers take them apart', async () => {
    const changes = [
      change('genre', 'Drum & Bass', 'Techno'),
      change('trackNumber', '5'),
      change('artist', 'AC/DC'),
    ];
    await expect(readBack('mp3', source, source, { known: {}, changes })).resolves.toBeUndefined();
  });

  it('fails where a value is not there', async () => {
    await expect(
      readBack('mp3', source, source, { known: { artist: ['AC/DC'] }, changes: [change('genre', 'House')] }),
    ).rejects.toThrow('“House” (genre)');
  });

  it('says nothing where it did not find what was there before either', async () => {
    const expectation = {
      known: { album: ['In a frame that it skips'] },
      changes: [change('genre', 'House')],
    };
    await expect(readBack('mp3', source, source, expectation)).resolves.toBeUndefined();
  });

  it('fails where the copy can’t be opened but the file could', async () => {
    const broken = memorySource(latin1('broken'));
    await expect(readBack('mp3', source, broken, { known: {}, changes: [] })).rejects.toThrow(
      'could not open',
    );
    await expect(readBack('mp3', broken, broken, { known: {}, changes: [] })).resolves.toBeUndefined();
  });
});
