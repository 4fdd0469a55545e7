import { describe, expect, it } from 'vitest';
import { wantedRange } from '../../../src/main/media/range.ts';

describe('wantedRange', () => {
  it.each([
    ['bytes=0-', 0, 99],
    ['bytes=0-0', 0, 0],
    ['bytes=10-19', 10, 19],
    ['bytes=10-1000', 10, 99],
    ['bytes=99-', 99, 99],
    ['bytes=-1', 99, 99],
    ['bytes=-1000', 0, 99],
    ['BYTES= 5-6 ', 5, 6],
  ])('takes %s', (header, start, end) => {
    expect(wantedRange(header, 100)).toEqual({ start, end });
  });

  it.each(['bytes=100-', 'bytes=100-200', 'bytes=-0', `bytes=${'0-1,'.repeat(5000)}0-1`])(
    'can’t satisfy %.30s',
    (header) => {
      expect(wantedRange(header, 100)).toBe('unsatisfiable');
    },
  );

  it.each([
    undefined,
    '',
    'bytes',
    'bytes=',
    'bytes=-',
    'bytes=5-4',
    'bytes=a-b',
    'bytes=0x1-2',
    'bytes=1-2-3',
    'items=0-1',
    'bytes=0-1,5-6',
    'bytes=0-,-1',
    'bytes=0-1\n5-6',
  ])('ignores %s', (header) => {
    expect(wantedRange(header, 100)).toBeUndefined();
  });

  it('has nothing of what is empty', () => {
    expect(wantedRange('bytes=0-', 0)).toBe('unsatisfiable');
    expect(wantedRange('bytes=-5', 0)).toBe('unsatisfiable');
  });
});
