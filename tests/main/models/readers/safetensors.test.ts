import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BadWeightsError } from '../../../../src/main/models/bad-weights.ts';
import {
  headerLength,
  MAX_HEADER_BYTES,
  parseHeader,
} from '../../../../src/main/models/readers/safetensors.ts';
import { SafetensorsFile } from '../../../../src/main/models/readers/safetensors-file.ts';
import { parseShardIndex } from '../../../../src/main/models/readers/safetensors-index.ts';
import { safetensors } from '../safetensors-sample.ts';

const json = (header: unknown) => new TextEncoder().encode(JSON.stringify(header));
const f32 = (shape: readonly number[], from: number, to: number) => ({
  dtype: 'F32',
  shape,
  data_offsets: [from, to],
});
const length = (value: bigint) => {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, value, true);
  return bytes;
};

describe('the length of a safetensors header', () => {
  it('is read', () => {
    expect(headerLength(length(1234n))).toBe(1234);
  });
  it.each([0n, 1n, BigInt(MAX_HEADER_BYTES) + 1n, 2n ** 63n, 2n ** 64n - 1n])('%s is refused', (value) => {
    expect(() => headerLength(length(value))).toThrow(BadWeightsError);
  });
  it('is refused where it is cut off', () => {
    expect(() => headerLength(new Uint8Array(7))).toThrow(/ends before/);
  });
});

describe('a safetensors header', () => {
  it('gives places from the start of the file', () => {
    const header = json({
      __metadata__: { format: 'pt' },
      b: { dtype: 'F16', shape: [2], data_offsets: [24, 28] },
      a: f32([2, 3], 0, 24),
      none: f32([0, 7], 28, 28),
    });
    const { tensors, dataStart, fileBytes, metadata } = parseHeader(header, 8 + header.length + 28);
    expect(dataStart).toBe(8 + header.length);
    expect(fileBytes).toBe(dataStart + 28);
    expect(metadata).toEqual({ format: 'pt' });
    expect(tensors.get('a')).toEqual({
      name: 'a',
      dtype: 'F32',
      shape: [2, 3],
      start: dataStart,
      end: dataStart + 24,
    });
    expect(tensors.get('b')?.start).toBe(dataStart + 24);
  });

  it.each<[string, unknown, RegExp]>([
    ['no object', [1, 2], /not a list/],
    ['an overlap', { a: f32([2], 0, 8), b: f32([2], 4, 12) }, /overlaps/],
    ['the same place twice', { a: f32([2], 0, 8), b: f32([2], 0, 8) }, /overlaps/],
    ['a gap', { a: f32([2], 0, 8), b: f32([2], 16, 24) }, /gap/],
    ['a gap at the start', { a: f32([2], 8, 16) }, /gap/],
    ['a shape that lies', { a: f32([3], 0, 8) }, /12/],
    ['a negative place', { a: f32([2], -8, 0) }, /data_offsets/],
    ['an end before the start', { a: f32([2], 8, 0) }, /-8/],
    ['a negative dimension', { a: f32([-1, -2], 0, 8) }, /shape/],
    ['a fractional dimension', { a: f32([0.5, 4], 0, 8) }, /shape/],
    ['a shape beyond any memory', { a: f32([2 ** 40, 2 ** 40], 0, 8) }, /bytes/],
    ['dimensions without end', { a: f32(Array(17).fill(1), 0, 4) }, /shape/],
    ['an unknown type', { a: { dtype: 'F128', shape: [1], data_offsets: [0, 16] } }, /dtype/],
    ['no places', { a: { dtype: 'F32', shape: [1] } }, /data_offsets/],
    ['metadata that are no text', { __metadata__: { a: 1 } }, /metadata/],
    ['a name without end', { [`${'x'.repeat(1001)}`]: f32([1], 0, 4) }, /name/],
  ])('with %s is refused', (_, header, message) => {
    expect(() => parseHeader(json(header))).toThrow(message);
    expect(() => parseHeader(json(header))).toThrow(BadWeightsError);
  });

  it('that has a name twice is refused', () => {
    const text =
      '{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"a":{"dtype":"U8","shape":[4],"data_offsets":[4,8]}}';
    expect(() => parseHeader(new TextEncoder().encode(text))).toThrow(BadWeightsError);
  });

  it('with a tensor called __proto__ stays a plain list', () => {
    const text = '{"__proto__":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}';
    const { tensors } = parseHeader(new TextEncoder().encode(text));
    expect([...tensors.keys()]).toEqual(['__proto__']);
  });

  it('that is no JSON or no UTF-8 is refused', () => {
    expect(() => parseHeader(new TextEncoder().encode('{"a":'))).toThrow(/not JSON/);
    expect(() => parseHeader(Uint8Array.of(0x7b, 0xff, 0x7d))).toThrow(/not JSON/);
  });

  it('is refused where the file has another size', () => {
    expect(() => parseHeader(json({ a: f32([2], 0, 8) }), 17)).toThrow(/17 bytes/);
  });

  it('never throws anything but a reason, whatever it holds', () => {
    const entry = fc.record({
      dtype: fc.oneof(fc.constantFrom('F32', 'U8', 'BF16'), fc.string()),
      shape: fc.array(fc.oneof(fc.nat(9), fc.double(), fc.maxSafeInteger()), { maxLength: 4 }),
      data_offsets: fc.array(fc.oneof(fc.nat(40), fc.maxSafeInteger()), { minLength: 1, maxLength: 3 }),
    });
    fc.assert(
      fc.property(fc.oneof(fc.dictionary(fc.string(), entry), fc.jsonValue()), (header) => {
        try {
          const { tensors, dataStart, fileBytes } = parseHeader(json(header));
          let bytes = 0;
          for (const { start, end } of tensors.values()) bytes += end - start;
          expect(bytes).toBe(fileBytes - dataStart);
        } catch (error) {
          expect(error).toBeInstanceOf(BadWeightsError);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('a safetensors file', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cratewise-safetensors-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  async function written(bytes: Uint8Array): Promise<string> {
    const path = join(folder, `${Math.random()}.safetensors`);
    await writeFile(path, bytes);
    return path;
  }

  it('gives a tensor’s bytes and numbers', async () => {
    const half = new Uint8Array(new Float16Array([1.5, -2]).buffer);
    // 1.5 and −2 as bfloat16: the upper halves of 0x3fc00000 and 0xc0000000.
    const brain = new Uint8Array(Uint16Array.of(0x3fc0, 0xc000).buffer);
    const path = await written(
      safetensors([
        {
          name: 'single',
          dtype: 'F32',
          shape: [3],
          bytes: new Uint8Array(Float32Array.of(1, 2, 3.25).buffer),
        },
        { name: 'half', dtype: 'F16', shape: [2], bytes: half },
        { name: 'brain', dtype: 'BF16', shape: [2], bytes: brain },
        { name: 'whole', dtype: 'I64', shape: [1], bytes: new Uint8Array(8) },
      ]),
    );
    const file = await SafetensorsFile.open(path);
    expect([...(await file.floats(file.tensor('single', [3])))]).toEqual([1, 2, 3.25]);
    expect([...(await file.floats(file.tensor('half')))]).toEqual([1.5, -2]);
    expect([...(await file.floats(file.tensor('brain')))]).toEqual([1.5, -2]);
    expect(await file.bytes(file.tensor('half'))).toEqual(half);
    await expect(file.floats(file.tensor('whole'))).rejects.toThrow(/I64/);
    expect(() => file.tensor('other')).toThrow(/no tensor other/);
    expect(() => file.tensor('single', [1, 3])).toThrow(/\[3\].*\[1, 3\]/);
    await file.close();
  });

  it('that is shorter or longer than its header says is refused', async () => {
    const sound = safetensors([{ name: 'a', dtype: 'U8', shape: [4], bytes: new Uint8Array(4) }]);
    for (const bytes of [
      sound.subarray(0, -1),
      Buffer.concat([sound, Buffer.alloc(1)]),
      sound.subarray(0, 20),
    ]) {
      await expect(SafetensorsFile.open(await written(bytes))).rejects.toThrow(BadWeightsError);
    }
  });

  it('that promises a header bigger than itself costs no memory', async () => {
    const path = await written(Buffer.concat([length(BigInt(MAX_HEADER_BYTES)), Buffer.from('{}')]));
    await expect(SafetensorsFile.open(path)).rejects.toThrow(/within its header/);
  });
});

describe('the index of a model in several files', () => {
  it('says which file holds a tensor', () => {
    const index = parseShardIndex(
      '{"metadata":{"total_size":8},"weight_map":{"a.weight":"model-00001-of-00002.safetensors"}}',
    );
    expect(index.get('a.weight')).toBe('model-00001-of-00002.safetensors');
  });

  it.each([
    '',
    '[]',
    '{"weight_map":{"a":"../x.safetensors"}}',
    '{"weight_map":{"a":"/x.safetensors"}}',
    '{"weight_map":{"a":1}}',
    '{"weight_map":{"a":"x.bin"}}',
  ])('%s is refused', (text) => {
    expect(() => parseShardIndex(text)).toThrow(BadWeightsError);
  });
});
