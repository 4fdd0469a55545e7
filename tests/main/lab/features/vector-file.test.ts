import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { VectorFile } from '../../../../src/main/lab/features/vector-file.ts';
import { ArrayFileError, readNpy } from '../../../../src/main/lab/npy.ts';

let folder = '';
let path = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cratewise-vectors-'));
  path = join(folder, 'x@1.npy');
});
afterEach(() => rmSync(folder, { recursive: true }));

const vector = (row: number) => Float32Array.of(row, row + 0.5, -row);

describe('VectorFile', () => {
  it('is a NumPy array at any time, NaN where nothing is yet', () => {
    const file = VectorFile.open(path, 4, 3);
    file.write(2, vector(2));
    const { shape, data } = readNpy(readFileSync(path));
    expect(shape).toEqual([4, 3]);
    expect([...data]).toEqual([NaN, NaN, NaN, NaN, NaN, NaN, 2, 2.5, -2, NaN, NaN, NaN]);
    file.close();
  });

  it('knows after a restart what is there, and takes a torn row for missing', () => {
    const first = VectorFile.open(path, 3, 3);
    first.write(0, vector(0));
    first.write(1, vector(1));
    first.close();
    const bytes = readFileSync(path);
    bytes.writeFloatLE(Number.NaN, 128 + 12 + 8);
    writeFileSync(path, bytes);
    const again = VectorFile.open(path, 3, 3);
    expect([again.has(0), again.has(1), again.has(2)]).toEqual([true, false, false]);
    expect(again.missing).toBe(2);
    again.close();
  });

  it('grows, and goes on where a kill stopped it growing', () => {
    const first = VectorFile.open(path, 2, 3);
    first.write(1, vector(1));
    first.close();
    writeFileSync(path, Buffer.concat([readFileSync(path), Buffer.alloc(5)]));
    const grown = VectorFile.open(path, 40, 3);
    expect(grown.has(1)).toBe(true);
    expect(grown.missing).toBe(39);
    grown.close();
    expect(readNpy(readFileSync(path)).shape).toEqual([40, 3]);
  });

  it('begins anew when it was cut off before its header was written', () => {
    writeFileSync(path, Buffer.alloc(300));
    const file = VectorFile.open(path, 2, 3);
    expect(file.missing).toBe(2);
    file.close();
  });

  it('refuses files that are something else, leaving them alone', () => {
    VectorFile.open(path, 4, 3).close();
    expect(() => VectorFile.open(path, 4, 5)).toThrow(ArrayFileError);
    expect(() => VectorFile.open(path, 3, 3)).toThrow(ArrayFileError);
    truncateSync(path, 140);
    expect(() => VectorFile.open(path, 4, 3)).toThrow(ArrayFileError);
    const text = 'my shopping list, which is longer than a header of NumPy is: '.repeat(4);
    writeFileSync(path, text);
    expect(() => VectorFile.open(path, 4, 3)).toThrow(ArrayFileError);
    expect(readFileSync(path, 'utf8')).toBe(text);
  });

  it('refuses vectors that are no vectors', () => {
    const file = VectorFile.open(path, 2, 3);
    expect(() => file.write(0, Float32Array.of(1, 2))).toThrow(ArrayFileError);
    expect(() => file.write(0, Float32Array.of(1, Number.NaN, 2))).toThrow(/finite/);
    expect(() => file.write(2, vector(2))).toThrow(RangeError);
    file.close();
  });
});
