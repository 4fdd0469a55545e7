import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { displayPath, hasEscape, pathFromBytes, pathToBytes } from '../../src/shared/path.ts';

describe('paths', () => {
  it('come back as the same bytes, whatever these are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const path = pathFromBytes(bytes);
        expect(path.isWellFormed()).toBe(true);
        expect([...pathToBytes(path)]).toEqual([...bytes]);
      }),
    );
  });

  it('are themselves where they are text', () => {
    const name = '/música/Дельфин 🎧/e\u0301.mp3';
    expect(pathFromBytes(new TextEncoder().encode(name))).toBe(name);
    expect(hasEscape(name)).toBe(false);
  });

  it('keep names apart that only look like escapes', () => {
    const bytes = new TextEncoder().encode('a\uefe9b');
    expect(pathFromBytes(bytes)).not.toBe(pathFromBytes(Uint8Array.of(0x61, 0xe9, 0x62)));
    expect([...pathToBytes(pathFromBytes(bytes))]).toEqual([...bytes]);
  });

  it('show bytes that are no text as replacement characters', () => {
    expect(displayPath(pathFromBytes(Uint8Array.of(0x61, 0xe9, 0x2e)))).toBe('a\ufffd.');
  });
});
