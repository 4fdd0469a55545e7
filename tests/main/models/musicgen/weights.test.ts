import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sinusoidalPositions } from '../../../../src/main/models/musicgen/positions.ts';
import { quantiseMatrix } from '../../../../src/main/models/musicgen/quantise.ts';
import { foldWeightNorm, reorderGates } from '../../../../src/main/models/musicgen/weight-norm.ts';
import { WeightsFile } from '../../../../src/main/models/musicgen/weights-file.ts';

describe('weight normalisation', () => {
  it('folds into weights whose norms are the magnitudes', () => {
    const w = foldWeightNorm(Float32Array.of(2, -3), Float32Array.of(3, 0, 0, 4, 1, -1, 1, -1));
    expect([...w]).toEqual([1.2, 0, 0, 1.6, -1.5, 1.5, -1.5, 1.5].map(Math.fround));
  });

  it('has zeros where the direction is none', () => {
    expect([...foldWeightNorm(Float32Array.of(1), new Float32Array(4))]).toEqual([0, 0, 0, 0]);
  });
});

describe('gates of an LSTM', () => {
  it('go from input, forget, cell, output to input, output, forget, cell', () => {
    expect([...reorderGates(Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8))]).toEqual([1, 2, 7, 8, 3, 4, 5, 6]);
  });
});

describe('positions', () => {
  it('start with ones and zeros, and turn at their own rates', () => {
    const table = sinusoidalPositions(3, 4);
    expect([...table.subarray(0, 4)]).toEqual([1, 1, 0, 0]);
    // Frequencies 1 and 1/10000.
    const expected = [Math.cos(2), Math.cos(2e-4), Math.sin(2), Math.sin(2e-4)];
    expected.forEach((value, i) => {
      expect(table[8 + i]).toBeCloseTo(value, 6);
    });
  });
});

describe('quantisation', () => {
  it('is off by half a step at most, with a scale for each output', () => {
    const size = fc.integer({ min: 1, max: 70 });
    fc.assert(
      fc.property(
        size,
        size,
        fc.integer({ min: 0, max: 3 }),
        fc.infiniteStream(fc.float({ noNaN: true })),
        (inputs, outputs, column, stream) => {
          const weights = Float32Array.from({ length: inputs * outputs }, () =>
            Math.tanh(stream.next().value!),
          );
          const width = outputs + column;
          const values = new Int8Array(inputs * width).fill(99);
          const scales = new Float32Array(width).fill(7);
          quantiseMatrix(weights, values, scales, column);
          for (let input = 0; input < inputs; input++) {
            for (let output = 0; output < outputs; output++) {
              const scale = scales[column + output]!;
              const back = values[input * width + column + output]! * scale;
              expect(Math.abs(back - weights[output * inputs + input]!)).toBeLessThanOrEqual(scale * 0.50001);
            }
            for (let other = 0; other < column; other++) expect(values[input * width + other]).toBe(99);
          }
          expect([...scales.subarray(0, column)].every((scale) => scale === 7)).toBe(true);
        },
      ),
    );
  });

  it('makes the largest weight of an output 127', () => {
    const values = new Int8Array(4);
    quantiseMatrix(Float32Array.of(0.5, -2, 0, 0), values, new Float32Array(2), 0);
    expect([...values]).toEqual([32, 0, -127, 0]);
  });
});

describe('a file of weights', () => {
  it('starts every array at a page', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'cratewise-weights-'));
    try {
      const path = join(folder, 'weights.bin');
      const file = await WeightsFile.create(path);
      const first = await file.append(Float32Array.of(1, 2));
      const second = await file.append(Int8Array.of(-1, 5, 6));
      await file.close();
      expect(first).toEqual({ location: 'weights.bin', offset: 0, length: 8 });
      expect(second).toEqual({ location: 'weights.bin', offset: 4096, length: 3 });
      const bytes = await readFile(path);
      expect(bytes.length).toBe(4099);
      expect(bytes.readFloatLE(4)).toBe(2);
      expect([...bytes.subarray(4096)]).toEqual([255, 5, 6]);
      await expect(WeightsFile.create(path)).rejects.toThrow('EEXIST');
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
