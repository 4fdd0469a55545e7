import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { memorySource } from '../../../../../src/main/tagging/bytes/memory-source.ts';
import { RefusedError } from '../../../../../src/main/tagging/errors.ts';
import { riffFormat } from '../../../../../src/main/tagging/formats/riff/index.ts';
import type { FieldEdit, FieldName } from '../../../../../src/shared/tags.ts';
import { id3Tag, latin1, text } from '../../support/id3-builder.ts';
import { editAndCheck } from '../../support/invariants.ts';

const set = (field: FieldName, ...values: string[]): FieldEdit => ({ field, values });

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function u64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}

const chunk = (id: string, data: Buffer): Buffer =>
  Buffer.concat([latin1(id), u32(data.length), data, Buffer.alloc(data.length & 1)]);
const FMT = chunk('fmt ', Buffer.from('0100010044ac0000885801000200' + '1000', 'hex'));
const DATA = chunk('data', Buffer.from(Array.from({ length: 301 }, (_, i) => i & 0xff)));
const info = (...entries: [string, string][]): Buffer =>
  chunk(
    'LIST',
    Buffer.concat([latin1('INFO'), ...entries.map(([id, value]) => chunk(id, latin1(`${value}\0`)))]),
  );
const bext = chunk('bext', Buffer.alloc(603, 7));

function wav(...chunks: Buffer[]): Buffer {
  const body = Buffer.concat([latin1('WAVE'), ...chunks]);
  return Buffer.concat([latin1('RIFF'), u32(body.length), body]);
}

function rf64(...chunks: Buffer[]): Buffer {
  const rest = Buffer.concat(chunks);
  const data = Buffer.from(DATA);
  data.writeUInt32LE(0xffff_ffff, 4);
  const size = 4 + 36 + FMT.length + data.length + rest.length;
  const ds64 = chunk('ds64', Buffer.concat([u64(size), u64(301), u64(150), u32(0)]));
  return Buffer.concat([latin1('RF64'), u32(0xffff_ffff), latin1('WAVE'), ds64, FMT, data, rest]);
}

const refused = (bytes: Buffer, edits = [set('genre', 'Rock')]): string => {
  try {
    riffFormat.plan(memorySource(bytes), edits, { multiValue: 'joined' });
  } catch (error) {
    if (error instanceof RefusedError) return error.message;
    throw error;
  }
  return 'not refused';
};

describe('WAV', () => {
  it('appends an id3 chunk where there is none', () => {
    const bytes = wav(FMT, bext, DATA);
    const { after, plan } = editAndCheck(riffFormat, bytes, [set('genre', 'Rock'), set('key', '8A')]);
    expect(after.readUInt32LE(4)).toBe(after.length - 8);
    expect(after.subarray(8, bytes.length)).toEqual(bytes.subarray(8));
    expect(after.toString('latin1', bytes.length, bytes.length + 4)).toBe('id3 ');
    expect(plan.changes.map(({ location }) => location)).toEqual(['ID3v2.3 TCON', 'ID3v2.3 TKEY']);
  });

  it('edits the id3 chunk and the INFO texts that are there, and adds none', () => {
    const tag = id3Tag({ version: 4, frames: [text('TCON', 'Rock'), text('TIT2', 'T')] });
    const bytes = wav(FMT, info(['IGNR', 'Rock'], ['INAM', 'T']), chunk('ID3 ', tag), DATA, bext);
    const { after, plan } = editAndCheck(riffFormat, bytes, [
      set('genre', 'Drum & Bass'),
      set('artist', 'A'),
    ]);
    expect(after.includes('IGNR')).toBe(true);
    expect(after.includes(Buffer.concat([u32(12), latin1('Drum & Bass\0')]))).toBe(true);
    expect(after.includes('IART')).toBe(false);
    expect(plan.touched).toContain('RIFF/INFO/IGNR');
    const cleared = editAndCheck(riffFormat, bytes, [set('genre')]).after;
    expect(cleared.includes('IGNR')).toBe(false);
    expect(riffFormat.parse(memorySource(cleared)).values).toEqual({ title: ['T'] });
  });

  it('reads INFO where there is no ID3', () => {
    const { values } = riffFormat.parse(
      memorySource(wav(FMT, info(['IGNR', 'Jazz'], ['ICRD', '1999']), DATA)),
    );
    expect(values).toEqual({ genre: ['Jazz'], date: ['1999'] });
  });

  it('makes the padding byte that the last chunk lacks', () => {
    const odd = wav(FMT, DATA.subarray(0, -1));
    const { after } = editAndCheck(riffFormat, odd, [set('genre', 'Rock')]);
    expect(after[odd.length]).toBe(0);
    expect(after.toString('latin1', odd.length + 1, odd.length + 5)).toBe('id3 ');
    expect(after.readUInt32LE(4)).toBe(after.length - 8);
    // The same, but the size counts the byte that isn't there.
    const counted = Buffer.from(odd);
    counted.writeUInt32LE(counted.readUInt32LE(4) + 1, 4);
    expect(editAndCheck(riffFormat, counted, [set('genre', 'Rock')]).after).toEqual(after);
  });

  it('keeps what stands behind the end', () => {
    const trailing = Buffer.concat([latin1('TAG'), Buffer.alloc(125, 3)]);
    const bytes = Buffer.concat([wav(FMT, DATA), trailing]);
    const { after } = editAndCheck(riffFormat, bytes, [set('genre', 'Rock')]);
    expect(after.subarray(-128)).toEqual(trailing);
    expect(after.readUInt32LE(4)).toBe(after.length - 8 - 128);
  });

  it('keeps 64-bit sizes right in RF64', () => {
    for (const extra of [[], [info(['IGNR', 'Rock'])]]) {
      const { after } = editAndCheck(riffFormat, rf64(...extra), [set('genre', 'House')]);
      expect(Number(after.readBigUInt64LE(20))).toBe(after.length - 8);
      expect(after.readUInt32LE(4)).toBe(0xffff_ffff);
    }
  });

  it('refuses files that are cut off, unfinished or inconsistent', () => {
    const whole = wav(FMT, DATA);
    expect(refused(whole.subarray(0, -20))).toContain('cut off');
    const streamed = Buffer.from(whole);
    streamed.writeUInt32LE(0xffff_ffff, 4);
    expect(refused(streamed)).toContain('cut off');
    const open = Buffer.from(whole);
    open.writeUInt32LE(0xffff_ffff, 12 + FMT.length + 4);
    expect(refused(open)).toContain('not finished');
    expect(refused(wav(FMT, DATA, latin1('stray')))).toContain('stray');
    expect(refused(wav(FMT))).toContain('audio chunk');
    expect(refused(Buffer.concat([whole, chunk('id3 ', id3Tag({ version: 3, frames: [] }))]))).toContain(
      'behind the end',
    );
    expect(refused(wav(FMT, DATA, chunk('id3 ', latin1('no tag at all'))))).toContain('no ID3v2 tag');
  });

  it('holds the invariants for any chunks and edits', () => {
    const word = fc
      .string({ unit: fc.constantFrom(...'abcé日 '), minLength: 1, maxLength: 9 })
      .filter((s) => s.trim() === s);
    const other = fc
      .tuple(fc.constantFrom('bext', 'cue ', 'JUNK', 'LIST'), fc.uint8Array({ maxLength: 40 }))
      .map(([id, data]) => chunk(id, Buffer.from(data)));
    const texts = fc.array(fc.tuple(fc.constantFrom('IGNR', 'INAM', 'ICMT', 'ISFT'), word), { maxLength: 3 });
    const tag = fc
      .tuple(fc.constantFrom(3 as const, 4 as const), word, fc.nat(20))
      .map(([version, v, padding]) =>
        chunk(
          'id3 ',
          id3Tag({
            version,
            frames: [text('TIT2', 'x'), text('TCON', latin1(v).toString('ascii'))],
            padding,
          }),
        ),
      );
    const parts = fc.array(
      fc.oneof(
        other,
        tag,
        texts.map((list) => info(...list)),
      ),
      { maxLength: 4 },
    );
    const edits = fc.uniqueArray(
      fc.record({
        field: fc.constantFrom<FieldName>('genre', 'title', 'comment', 'key'),
        values: fc.array(word, { maxLength: 1 }),
      }),
      { selector: ({ field }) => field, maxLength: 3 },
    );
    fc.assert(
      fc.property(parts, parts, fc.boolean(), edits, (front, back, wide, list) => {
        const bytes = wide ? rf64(...back) : wav(FMT, ...front, DATA, ...back);
        editAndCheck(riffFormat, bytes, list);
      }),
      { numRuns: 300 },
    );
  });
});
