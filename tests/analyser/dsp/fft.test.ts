import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ComplexFft, RealFft } from '../../../src/analyser/dsp/fft.ts';

/** The definition, term by term. */
function dft(re: ArrayLike<number>, im: ArrayLike<number>): [number[], number[]] {
  const n = re.length;
  const outRe: number[] = [];
  const outIm: number[] = [];
  for (let k = 0; k < n; k++) {
    let r = 0;
    let i = 0;
    for (let t = 0; t < n; t++) {
      const angle = (-2 * Math.PI * ((k * t) % n)) / n;
      r += re[t]! * Math.cos(angle) - im[t]! * Math.sin(angle);
      i += re[t]! * Math.sin(angle) + im[t]! * Math.cos(angle);
    }
    outRe.push(r);
    outIm.push(i);
  }
  return [outRe, outIm];
}

function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>): void {
  expect(actual.length).toBe(expected.length);
  for (let i = 0; i < expected.length; i++) expect(Math.abs(actual[i]! - expected[i]!)).toBeLessThan(1e-10);
}

const signal = (minimumExponent: number) =>
  fc.integer({ min: minimumExponent, max: 8 }).chain((e) =>
    fc.array(fc.double({ min: -1, max: 1, noNaN: true }), {
      minLength: 2 ** (e + 1),
      maxLength: 2 ** (e + 1),
    }),
  );

describe('ComplexFft', () => {
  it('is the discrete Fourier transform, for odd and even exponents', () => {
    fc.assert(
      fc.property(signal(1), (values) => {
        const n = values.length / 2;
        const re = Float64Array.from(values.slice(0, n));
        const im = Float64Array.from(values.slice(n));
        const [expectedRe, expectedIm] = dft(re, im);
        new ComplexFft(n).transform(re, im);
        expectClose(re, expectedRe);
        expectClose(im, expectedIm);
      }),
      { numRuns: 60 },
    );
  });

  it('refuses sizes that are no power of two', () => {
    expect(() => new ComplexFft(12)).toThrow(RangeError);
    expect(() => new ComplexFft(1)).toThrow(RangeError);
  });
});

describe('RealFft', () => {
  it('gives the windowed spectrum and its power', () => {
    fc.assert(
      fc.property(signal(2), (values) => {
        const n = values.length / 2;
        const window = Float64Array.from(values.slice(n));
        const offset = 3;
        const samples = Float64Array.from([9, 9, 9, ...values.slice(0, n), 9]);
        const fft = new RealFft(n);
        const re = new Float64Array(fft.bins);
        const im = new Float64Array(fft.bins);
        const power = new Float64Array(fft.bins);
        fft.spectrum(samples, offset, window, re, im);
        fft.power(samples, offset, window, power);
        const [expectedRe, expectedIm] = dft(
          window.map((w, i) => w * values[i]!),
          new Float64Array(n),
        );
        expectClose(re, expectedRe.slice(0, fft.bins));
        expectClose(im, expectedIm.slice(0, fft.bins));
        expectClose(
          power,
          power.map((_, k) => expectedRe[k]! ** 2 + expectedIm[k]! ** 2),
        );
      }),
      { numRuns: 60 },
    );
  });
});
