import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BadWeightsError } from '../../../../src/main/models/bad-weights.ts';
import { crc32c, maskedCrc32c } from '../../../../src/main/models/readers/crc32c.ts';
import { TfCheckpoint } from '../../../../src/main/models/readers/tf-checkpoint.ts';

/** Written by TensorFlow, see tests/reference/tf_checkpoint.py. */
const index = readFileSync(new URL('sample.index', import.meta.url));
const data = readFileSync(new URL('sample.data', import.meta.url));

const refusal = (act: () => unknown) => {
  try {
    act();
  } catch (thrown) {
    if (thrown instanceof BadWeightsError) return thrown.message;
    throw thrown;
  }
  return undefined;
};

/** Where the byte for the compression of the only block of entries stands: before the meta index block. */
function endOfEntries(table: Buffer): number {
  let at = table.length - 48;
  let offset = 0;
  for (let scale = 1; ; scale *= 128) {
    const byte = table[at++]!;
    offset += (byte & 127) * scale;
    if (byte < 128) return offset - 5;
  }
}

/** With the checksum of its entries made right again. */
function withChecksum(changed: Buffer): Buffer {
  const end = endOfEntries(index);
  changed.writeUInt32LE(maskedCrc32c(changed.subarray(0, end + 1)), end + 1);
  return changed;
}

describe('crc32c', () => {
  it('gives the known answers of RFC 3720', () => {
    expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
    expect(crc32c(new Uint8Array(32).fill(255))).toBe(0x62a8ab43);
    expect(crc32c(Uint8Array.from({ length: 32 }, (_, i) => i))).toBe(0x46dd794e);
  });
});

describe('TfCheckpoint', () => {
  it('reads what TensorFlow wrote', () => {
    const checkpoint = new TfCheckpoint(index, data);
    expect(checkpoint.names).toHaveLength(123);
    for (const i of [0, 7, 99, 119]) {
      const expected = [0, 1, 2, 3, 4, 5].map((x) => x + i);
      expect([...checkpoint.float32(`layer_${i}/kernel`, [2, 3])]).toEqual(expected);
    }
    expect([...checkpoint.float32('scalar', [])]).toEqual([1.5]);
  });

  it('refuses by name what is missing, misshapen, of another type or not finite', () => {
    const checkpoint = new TfCheckpoint(index, data);
    const why = (name: string, shape: number[]) => refusal(() => checkpoint.float32(name, shape));
    expect(why('layer_120/kernel', [2, 3])).toContain('no layer_120/kernel');
    expect(why('', [])).toContain('has no');
    expect(why('layer_1/kernel', [3, 2])).toContain('[2,3] instead of [3,2]');
    expect(why('double', [2])).toContain('another type');
    expect(why('nan', [2])).toContain('not a finite number');
  });

  it('refuses data that is changed or cut off, and an index that is', () => {
    const changed = Buffer.from(data);
    const at = changed.indexOf(Buffer.from(Float32Array.of(7, 8, 9, 10, 11, 12).buffer));
    changed[at]! ^= 1;
    expect(refusal(() => new TfCheckpoint(index, changed).float32('layer_7/kernel', [2, 3]))).toContain(
      'checksum',
    );
    const short = data.subarray(0, 100);
    expect(refusal(() => new TfCheckpoint(index, short).float32('nan', [2]))).toContain(
      'ends before nan does',
    );
    const flipped = Buffer.from(index);
    flipped[10]! ^= 1;
    expect(refusal(() => new TfCheckpoint(flipped, data))).toContain('checksum');
    expect(refusal(() => new TfCheckpoint(index.subarray(0, -1), data))).toContain(
      'no TensorFlow checkpoint',
    );
    expect(refusal(() => new TfCheckpoint(new Uint8Array(10), data))).toContain('too short');
  });

  it('refuses compressed blocks, and shapes that lie', () => {
    const compressed = Buffer.from(index);
    compressed[endOfEntries(index)] = 1;
    expect(refusal(() => new TfCheckpoint(withChecksum(compressed), data))).toContain('compressed');
    const lying = Buffer.from(index);
    const shape = Buffer.from([0x08, 2, 0x12, 2, 0x08, 3]);
    for (let at = lying.indexOf(shape); at >= 0; at = lying.indexOf(shape, at + 1)) lying[at + 1] = 127;
    const checkpoint = new TfCheckpoint(withChecksum(lying), data);
    expect(refusal(() => checkpoint.float32('layer_1/kernel', [127, 3]))).toContain(
      'another number of bytes',
    );
  });

  it('never does anything but read or refuse, even where the checksum was made to fit', () => {
    const change = fc.tuple(fc.nat(index.length - 60), fc.integer({ min: 0, max: 255 }));
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 8 }), fc.boolean(), (changes, fix) => {
        const changed = Buffer.from(index);
        for (const [at, value] of changes) changed[at] = value;
        if (fix) withChecksum(changed);
        refusal(() => {
          const checkpoint = new TfCheckpoint(changed, data);
          for (const name of checkpoint.names.slice(0, 20)) refusal(() => checkpoint.float32(name, [2, 3]));
        });
      }),
      { numRuns: 500 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(refusal(() => new TfCheckpoint(bytes, data))).toBeDefined();
      }),
    );
  });
});
