import { expect, it } from 'vitest';
import { readNpy } from '../../../src/main/lab/npy.ts';
import { writeNpy } from '../../../src/main/lab/write-npy.ts';

it.each([[[6]], [[2, 3]], [[1, 1, 6]]])('writes %j as NumPy reads it', (shape) => {
  const values = Float32Array.of(1, -2.5, 3e-20, 0, 5, 6);
  const bytes = writeNpy(shape, values);
  expect((bytes.length - 24) % 64).toBe(0);
  expect(readNpy(bytes)).toEqual({ kind: 'number', shape, data: Float64Array.from(values) });
});

it('refuses a shape that the numbers do not fill', () => {
  expect(() => writeNpy([2, 2], new Float32Array(3))).toThrow('3 numbers');
});
