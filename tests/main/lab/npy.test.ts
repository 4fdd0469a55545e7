import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ArrayFileError, readNpy } from '../../../src/main/lab/npy.ts';
import { readNpz } from '../../../src/main/lab/npz.ts';

const fromBase64 = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'base64'));

/** A file as numpy.save lays it out. */
function npy(descr: string, shape: string, data: Uint8Array, fortran = false): Uint8Array {
  const order = fortran ? 'True' : 'False';
  const header = `{'descr': '${descr}', 'fortran_order': ${order}, 'shape': ${shape}, }`.padEnd(117);
  return new Uint8Array(
    Buffer.concat([
      Buffer.from('\x93NUMPY\x01\x00', 'latin1'),
      Buffer.from([118, 0]),
      Buffer.from(`${header}\n`),
      data,
    ]),
  );
}
const doubles = (...values: number[]): Uint8Array => new Uint8Array(Float64Array.from(values).buffer);

/** Archives that numpy 2.4 wrote. */
const DEFLATED =
  'UEsDBC0AAAAIAAAAIQAOtBcR//////////8FABQAeC5ucHkBABAA2AIAAAAAAABQAAAAAAAAAJvsF+obEMnIUMZQrZ6SWpxcpG6loG6TZqKuo6Cell9UUpSYF59flJIKEndLzClOBYoXZyQWpAL5GsY6CqYGmjoKtQrkAi4GBgaHUTyKqY0BUEsDBC0AAAAIAAAAIQAM/Bzp//////////8FABQAeS5ucHkBABAAkAAAAAAAAABKAAAAAAAAAJvsF+obEMnIUMZQrZ6SWpxcpG6loG6TaaGuo6Cell9UUpSYF59flJIKEndLzClOBYoXZyQWpAL5GkY6mjoKtQoUAC5GBghggtIAUEsBAi0DLQAAAAgAAAAhAA60FxFQAAAA2AIAAAUAAAAAAAAAAAAAAIABAAAAAHgubnB5UEsBAi0DLQAAAAgAAAAhAAz8HOlKAAAAkAAAAAUAAAAAAAAAAAAAAIABhwAAAHkubnB5UEsFBgAAAAACAAIAZgAAAAgBAAAAAA==';
const STORED =
  'UEsDBC0AAAAAAAAAIQBkW6q///////////8FABQAeC5ucHkBABAAkAAAAAAAAACQAAAAAAAAAJNOVU1QWQEAdgB7J2Rlc2NyJzogJzxmOCcsICdmb3J0cmFuX29yZGVyJzogRmFsc2UsICdzaGFwZSc6ICgyLCksIH0gICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAKAAAAAAAA8D8AAAAAAAAAQFBLAQItAy0AAAAAAAAAIQBkW6q/kAAAAJAAAAAFAAAAAAAAAAAAAACAAQAAAAB4Lm5weVBLBQYAAAAAAQABADMAAADHAAAAAAA=';

describe('readNpy', () => {
  it('reads numbers in both byte orders and both memory orders', () => {
    expect(readNpy(npy('<f8', '(2, 2)', doubles(1, 2, 3, 4)))).toEqual({
      kind: 'number',
      shape: [2, 2],
      data: Float64Array.of(1, 2, 3, 4),
    });
    expect(readNpy(npy('<f8', '(3, 2)', doubles(1.5, 3, 5, -2, 4, 6), true)).data).toEqual(
      Float64Array.of(1.5, -2, 3, 4, 5, 6),
    );
    expect(readNpy(npy('>i2', '(3,)', Uint8Array.of(0, 1, 0xff, 0xfe, 0, 3))).data).toEqual(
      Float64Array.of(1, -2, 3),
    );
    expect(readNpy(npy('<f2', '(2,)', Uint8Array.of(0, 0x38, 0, 0xbc))).data).toEqual(
      Float64Array.of(0.5, -1),
    );
    expect(readNpy(npy('|b1', '(2,)', Uint8Array.of(1, 0))).data).toEqual(Float64Array.of(1, 0));
    expect(readNpy(npy('<i8', '()', Uint8Array.of(7, 0, 0, 0, 0, 0, 0, 0)))).toEqual({
      kind: 'number',
      shape: [],
      data: Float64Array.of(7),
    });
  });

  it('reads text', () => {
    const codePoints = Uint32Array.of(0xe4, 0, 0x62, 0x63, 0, 0, 0x1d11e, 0);
    expect(readNpy(npy('<U2', '(2, 2)', new Uint8Array(codePoints.buffer)))).toEqual({
      kind: 'text',
      shape: [2, 2],
      data: ['ä', 'bc', '', '𝄞'],
    });
  });

  it.each<[string, Uint8Array, RegExp]>([
    ['a pickle', npy('|O', '(1,)', new Uint8Array(8)), /type "\|O" are not read/],
    ['a lying shape', npy('<f8', '(2000000000,)', doubles(1)), /2000000000 values/],
    ['an overflowing shape', npy('<f8', '(9007199254740991, 9007199254740991)', doubles(1)), /should hold/],
    ['many dimensions', npy('<f8', '(1, 1, 1, 1, 1, 1, 1, 1, 1)', doubles(1)), /shape/],
    ['missing data', npy('<f8', '(2,)', doubles(1)), /has 8 bytes/],
    ['too much data', npy('<f8', '(1,)', doubles(1, 2)), /has 16 bytes/],
    ['a huge whole number', npy('<u8', '(1,)', new Uint8Array(8).fill(255)), /too large/],
    ['text that is none', npy('<U1', '(1,)', new Uint8Array(4).fill(255)), /Unicode/],
    ['nothing', new Uint8Array(0), /not a NumPy array/],
  ])('refuses %s', (_, bytes, message) => {
    expect(() => readNpy(bytes)).toThrow(ArrayFileError);
    expect(() => readNpy(bytes)).toThrow(message);
  });
});

describe('readNpz', () => {
  it('reads deflated and stored arrays', () => {
    const deflated = readNpz(fromBase64(DEFLATED));
    expect([...deflated.keys()]).toEqual(['x', 'y']);
    expect(deflated.get('x')).toEqual({
      kind: 'number',
      shape: [3, 50],
      data: new Float64Array(150).fill(2),
    });
    expect(readNpz(fromBase64(STORED)).get('x')?.data).toEqual(Float64Array.of(1, 2));
  });

  it('refuses an archive that claims a small size for a large array', () => {
    const bytes = fromBase64(DEFLATED);
    const directory = Buffer.from(bytes).lastIndexOf(Buffer.from('PK\x01\x02', 'latin1'));
    new DataView(bytes.buffer).setUint32(directory + 24, 16, true);
    expect(() => readNpz(bytes)).toThrow(/can't be unpacked/);
  });

  it('answers damage with its own error only', () => {
    for (const base64 of [DEFLATED, STORED]) {
      const whole = fromBase64(base64);
      fc.assert(
        fc.property(fc.nat(whole.length - 1), fc.nat(255), fc.nat(whole.length), (at, value, length) => {
          const damaged = whole.slice();
          damaged[at] = value;
          for (const bytes of [damaged, whole.slice(0, length), damaged.slice(0, length)]) {
            try {
              readNpz(bytes);
            } catch (error) {
              expect(error).toBeInstanceOf(ArrayFileError);
            }
          }
        }),
        { numRuns: 300 },
      );
    }
  });

  const published = '../shared/data/gtzan-features/musicnn-msd-taggram-test.npz';
  it.skipIf(!existsSync(published))('reads the published taggrams (skipped without ../shared)', () => {
    const arrays = readNpz(readFileSync(published));
    expect(arrays.get('X')?.shape).toEqual([8127, 50]);
    expect(arrays.get('Y')?.shape).toEqual([8127]);
    expect(arrays.get('IDS')?.kind).toBe('text');
  });
});
