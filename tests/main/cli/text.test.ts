import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clock, fitWidth, safeText, textWidth } from '../../../src/main/cli/text.ts';

describe('safeText', () => {
  it('lets no escape sequence through', () => {
    expect(safeText('a\u001b[31mred\u0007\u202e')).toBe('a\ufffd[31mred\ufffd\ufffd');
  });

  it('leaves music alone', () => {
    expect(safeText('Дельфин — 夜 🎧 ♯')).toBe('Дельфин — 夜 🎧 ♯');
  });
});

describe('fitWidth', () => {
  it('gives exactly the width asked for', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }),
        fc.integer({ min: 3, max: 60 }),
        fc.boolean(),
        (text, width, end) => {
          expect(textWidth(fitWidth(safeText(text), width, end ? 'end' : 'start'))).toBe(width);
        },
      ),
    );
  });

  it('keeps the end of a path when asked to', () => {
    expect(fitWidth('/music/a/very/long/path.mp3', 10, 'end')).toBe('…/path.mp3');
  });
});

describe('clock', () => {
  it.each([
    [5, '0:05'],
    [185, '3:05'],
    [3729, '1:02:09'],
  ])('shows %d seconds as %s', (seconds, text) => expect(clock(seconds)).toBe(text));
});
