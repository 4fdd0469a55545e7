import { describe, expect, it } from 'vitest';
import { memorySource } from '../../../../../src/main/tagging/bytes/memory-source.ts';
import { aiffFormat } from '../../../../../src/main/tagging/formats/aiff/index.ts';
import type { FieldEdit, FieldName } from '../../../../../src/shared/tags.ts';
import { id3Tag, latin1, text } from '../../support/id3-builder.ts';
import { editAndCheck } from '../../support/invariants.ts';

const set = (field: FieldName, ...values: string[]): FieldEdit => ({ field, values });

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

const chunk = (id: string, data: Buffer): Buffer =>
  Buffer.concat([latin1(id), u32(data.length), data, Buffer.alloc(data.length & 1)]);
const COMM = chunk('COMM', Buffer.from('0001000000320010400eac44000000000000', 'hex'));
const SSND = chunk('SSND', Buffer.concat([Buffer.alloc(8), Buffer.alloc(101, 5)]));
const NAME = chunk('NAME', latin1('Own name'));

function aiff(kind: string, ...chunks: Buffer[]): Buffer {
  const body = Buffer.concat([latin1(kind), ...chunks]);
  return Buffer.concat([latin1('FORM'), u32(body.length), body]);
}

describe('AIFF', () => {
  it.each(['AIFF', 'AIFC'])('appends an ID3 chunk to %s', (kind) => {
    const bytes = aiff(kind, COMM, NAME, SSND);
    const { after } = editAndCheck(aiffFormat, bytes, [set('genre', 'Rock')]);
    expect(after.readUInt32BE(4)).toBe(after.length - 8);
    expect(after.subarray(8, bytes.length)).toEqual(bytes.subarray(8));
    expect(aiffFormat.parse(memorySource(after))).toMatchObject({
      container: kind.toLowerCase(),
      values: { genre: ['Rock'] },
    });
  });

  it('edits the chunk that is there, wherever it stands', () => {
    const tag = id3Tag({ version: 4, frames: [text('TIT2', 'T'), text('TCON', 'Rock')], padding: 3 });
    const bytes = aiff('AIFF', chunk('ID3 ', tag), COMM, SSND, NAME);
    const { after } = editAndCheck(aiffFormat, bytes, [set('genre', 'A much longer genre'), set('title')]);
    expect(after.readUInt32BE(4)).toBe(after.length - 8);
    expect(after.subarray(-NAME.length)).toEqual(NAME);
    expect(after[12 + 8 + 3]).toBe(4);
  });

  it('refuses what is cut off', () => {
    const bytes = aiff('AIFF', COMM, SSND).subarray(0, -30);
    expect(() => aiffFormat.parse(memorySource(bytes))).toThrow('cut off');
  });
});
