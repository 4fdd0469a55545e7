import { describe, expect, it } from 'vitest';
import { memorySource } from '../../../../../src/main/tagging/bytes/memory-source.ts';
import { RefusedError } from '../../../../../src/main/tagging/errors.ts';
import { matroskaFormat } from '../../../../../src/main/tagging/formats/matroska/index.ts';

/** An element with an 8-byte size, or of unknown size. */
function element(id: string, payload: readonly Uint8Array[] | string, unknown = false): Buffer {
  const bytes = typeof payload === 'string' ? Buffer.from(payload) : Buffer.concat(payload);
  const size = Buffer.alloc(8, 0xff);
  if (!unknown) size.writeBigUInt64BE(BigInt(bytes.length) | (1n << 56n));
  else size[0] = 0x01;
  return Buffer.concat([Buffer.from(id, 'hex'), size, bytes]);
}

const simple = (name: string, value: string): Buffer =>
  element('67c8', [element('45a3', name), element('4487', value)]);
const tag = (target: number | undefined, ...simples: readonly Buffer[]): Buffer =>
  element('7373', [element('63c0', target ? [element('68ca', [Buffer.from([target])])] : []), ...simples]);

const HEADER = element('1a45dfa3', [element('4282', 'matroska')]);
const TAGS = element('1254c367', [
  tag(50, simple('TITLE', 'The album'), simple('ARTIST', 'Various'), simple('TOTAL_PARTS', '12')),
  tag(30, simple('TITLE', 'Песня'), simple('ARTIST', 'A'), simple('PART_NUMBER', '3')),
  tag(undefined, simple('GENRE', 'House'), simple('GENRE', 'Dub'), simple('Mood', 'calm')),
]);
const CLUSTER = element('1f43b675', [Buffer.alloc(50, 7)]);

describe('Matroska', () => {
  it('reads tags by their target and finds the audio around them', () => {
    const file = Buffer.concat([HEADER, element('18538067', [CLUSTER, CLUSTER, TAGS, CLUSTER])]);
    const parsed = matroskaFormat.parse(memorySource(file));
    expect(parsed.values).toEqual({
      album: ['The album'],
      albumArtist: ['Various'],
      trackTotal: ['12'],
      title: ['Песня'],
      artist: ['A'],
      trackNumber: ['3'],
      genre: ['House', 'Dub'],
      'custom:Mood': ['calm'],
    });
    const first = HEADER.length + 12;
    const second = first + 2 * CLUSTER.length + TAGS.length;
    expect(parsed.audio).toEqual([
      { start: first, end: first + 2 * CLUSTER.length },
      { start: second, end: second + CLUSTER.length },
    ]);
  });

  it('reads the title of the segment where no tag has one', () => {
    const info = element('1549a966', [element('7ba9', 'From Info')]);
    const parse = (...parts: readonly Buffer[]) =>
      matroskaFormat.parse(memorySource(Buffer.concat([HEADER, element('18538067', parts)]))).values;
    expect(parse(info, CLUSTER)).toEqual({ title: ['From Info'] });
    expect(parse(info, TAGS, CLUSTER).title).toEqual(['Песня']);
  });

  it('takes a segment and a cluster of unknown size to the end', () => {
    const live = element('1f43b675', [Buffer.alloc(30)], true);
    const file = Buffer.concat([HEADER, element('18538067', [live], true)]);
    const { audio } = matroskaFormat.parse(memorySource(file));
    expect(audio).toEqual([{ start: HEADER.length + 12, end: file.length }]);
  });

  it('matches Matroska and WebM only, and never plans', () => {
    const source = memorySource(Buffer.concat([HEADER, element('18538067', [CLUSTER])]));
    expect(matroskaFormat.matches(source)).toBe(true);
    const other = element('1a45dfa3', [element('4282', 'mkv-like')]);
    expect(matroskaFormat.matches(memorySource(other))).toBe(false);
    expect(matroskaFormat.matches(memorySource(Buffer.from('OggS')))).toBe(false);
    expect(() => matroskaFormat.plan(source, [], { multiValue: 'joined' })).toThrow(RefusedError);
  });

  it('refuses what is cut short or does not nest', () => {
    const file = Buffer.concat([HEADER, element('18538067', [TAGS, CLUSTER])]);
    for (let length = HEADER.length; length < file.length; length += 7)
      expect(() => matroskaFormat.parse(memorySource(file.subarray(0, length)))).toThrow(RefusedError);
  });
});
