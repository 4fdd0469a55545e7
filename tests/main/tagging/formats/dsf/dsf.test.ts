import { describe, expect, it } from 'vitest';
import { memorySource } from '../../../../../src/main/tagging/bytes/memory-source.ts';
import { dsfFormat } from '../../../../../src/main/tagging/formats/dsf/index.ts';
import type { FieldEdit, FieldName } from '../../../../../src/shared/tags.ts';
import { id3Tag, latin1, text } from '../../support/id3-builder.ts';
import { editAndCheck } from '../../support/invariants.ts';

const set = (field: FieldName, ...values: string[]): FieldEdit => ({ field, values });

function u64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}

const AUDIO = Buffer.alloc(4096, 0x69);

function dsf(tag: Buffer): Buffer {
  const format = Buffer.concat([latin1('fmt '), u64(52), Buffer.alloc(40, 1)]);
  const data = Buffer.concat([latin1('data'), u64(12 + AUDIO.length), AUDIO]);
  const end = 28 + format.length + data.length;
  const header = Buffer.concat([
    latin1('DSD '),
    u64(28),
    u64(end + tag.length),
    u64(tag.length > 0 ? end : 0),
  ]);
  return Buffer.concat([header, format, data, tag]);
}

describe('DSF', () => {
  it('adds a tag at the end and points to it', () => {
    const bytes = dsf(Buffer.alloc(0));
    const { after } = editAndCheck(dsfFormat, bytes, [set('genre', 'Rock'), set('key', 'C')]);
    expect(Number(after.readBigUInt64LE(12))).toBe(after.length);
    expect(Number(after.readBigUInt64LE(20))).toBe(bytes.length);
    expect(after.toString('latin1', bytes.length, bytes.length + 3)).toBe('ID3');
  });

  it('edits the tag that is there', () => {
    const bytes = dsf(id3Tag({ version: 4, frames: [text('TIT2', 'T')] }));
    const { after } = editAndCheck(dsfFormat, bytes, [set('genre', 'Rock')]);
    expect(Number(after.readBigUInt64LE(12))).toBe(after.length);
    expect(dsfFormat.parse(memorySource(after)).values).toEqual({ title: ['T'], genre: ['Rock'] });
  });

  it('refuses a file of another size than its header says', () => {
    const bytes = dsf(Buffer.alloc(0));
    expect(() => dsfFormat.parse(memorySource(bytes.subarray(0, -1)))).toThrow('another file size');
    expect(() => dsfFormat.parse(memorySource(Buffer.concat([bytes, AUDIO])))).toThrow('another file size');
  });
});
