import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BadWeightsError } from '../../../../src/main/models/bad-weights.ts';
import { Hdf5File } from '../../../../src/main/models/readers/hdf5.ts';

/** Written by h5py, see tests/reference/hdf5.py. */
const sample = new Uint8Array(readFileSync(new URL('sample.h5', import.meta.url)));
const refusal = (path: string, shape: number[], bytes = sample) => {
  try {
    new Hdf5File(bytes).float32(path, shape);
  } catch (thrown) {
    if (thrown instanceof BadWeightsError) return thrown.message;
    throw thrown;
  }
  return undefined;
};

describe('Hdf5File', () => {
  it('reads what h5py wrote', () => {
    const file = new Hdf5File(sample);
    for (let i = 0; i < 20; i++) {
      expect([...file.float32(`net/w${i}`, [2, 3])]).toEqual([0, 1, 2, 3, 4, 5].map((x) => x + i / 4));
    }
    expect([...file.float32('net/scalar', [])]).toEqual([1.5]);
  });

  it('refuses by name what is missing, misshapen, or stored otherwise', () => {
    expect(refusal('net/w20', [2, 3])).toContain('no net/w20');
    expect(refusal('net/w1/deeper', [2, 3])).toContain('no net/w1/deeper');
    expect(refusal('net/w', [2, 3])).toContain('no net/w');
    expect(refusal('net/w1', [3, 2])).toContain('[2,3] instead of [3,2]');
    expect(refusal('odd/chunked', [8, 8])).toContain('layout');
    expect(refusal('odd/compressed', [8, 8])).toContain('message 11');
    expect(refusal('odd/huge', [2 ** 40, 2 ** 20])).toContain('layout');
    for (const name of ['big_endian', 'double', 'integer']) {
      expect(refusal(`odd/${name}`, [4])).toContain('little-endian float32');
    }
    expect(refusal('odd/nan', [2])).toContain('not a finite number');
    expect(refusal('links/out', [1])).toContain('no links/out');
    expect(refusal('net/w1', [2, 3], new TextEncoder().encode('<html>not found</html>'))).toContain(
      'not an HDF5',
    );
  });

  it('refuses a shape that only fits with more bytes than there are', () => {
    const at = sample.findIndex(
      (_, i) =>
        sample[i] === 2 &&
        sample[i + 8] === 3 &&
        sample[i + 9] === 0 &&
        sample[i - 8] === 1 &&
        sample[i - 7] === 2,
    );
    expect(at).toBeGreaterThan(0);
    const lying = sample.slice();
    new DataView(lying.buffer).setBigUint64(at, 2n ** 40n, true);
    const messages = Array.from({ length: 20 }, (_, i) => refusal(`net/w${i}`, [2 ** 40, 3], lying));
    expect(messages.filter((message) => message?.includes('another number of bytes'))).toHaveLength(1);
  });

  it('refuses groups that go round in circles', () => {
    const tree = Buffer.from(sample).indexOf('TREE');
    const circular = sample.slice();
    const view = new DataView(circular.buffer);
    view.setUint16(tree + 6, 2, true);
    view.setBigUint64(tree + 32, BigInt(tree), true);
    view.setBigUint64(tree + 48, BigInt(tree), true);
    expect(refusal('nowhere', [1], circular)).toContain('no end');
  });

  it('never does anything but read or refuse, whatever is cut off or changed', () => {
    const change = fc.tuple(fc.nat(sample.length - 1), fc.integer({ min: 0, max: 255 }));
    fc.assert(
      fc.property(
        fc.array(change, { maxLength: 20 }),
        fc.nat(sample.length),
        fc.boolean(),
        (changes, cut, whole) => {
          const bytes = sample.slice(0, whole ? sample.length : cut);
          for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
          for (const name of ['net/w3', 'net/scalar', 'odd/nan'])
            refusal(name, name === 'net/w3' ? [2, 3] : []);
          for (const name of ['net/w3', 'net/w19']) {
            let values: Float32Array | undefined;
            try {
              values = new Hdf5File(bytes).float32(name, [2, 3]);
            } catch (thrown) {
              expect(thrown).toBeInstanceOf(BadWeightsError);
            }
            if (values) expect(values).toHaveLength(6);
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});
