import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  camelotNumber,
  formatKey,
  formatKeyLong,
  KEY_LABELS,
  KEY_NOTATIONS,
  keyFromCamelot,
  keyFromIndex,
  keyIndex,
  keyLabel,
  keyOf,
  parseKey,
  relativeKey,
  transposeKey,
} from '../../../src/shared/music/key.ts';

const anyKey = fc.integer({ min: 0, max: 23 }).map(keyFromIndex);
const anyNotation = fc.constantFrom(...KEY_NOTATIONS);

/** The text that a parsed field comes to, or why there is none. */
function read(text: string): string {
  const parsed = parseKey(text);
  if (parsed === null) return 'not understood';
  return parsed.kind === 'off' ? 'off' : formatKey(parsed.key);
}

describe('labels and indices', () => {
  it('follow the protocol', () => {
    expect(KEY_LABELS).toHaveLength(24);
    expect(KEY_LABELS.slice(0, 13)).toEqual(
      'C major,Db major,D major,Eb major,E major,F major,Gb major,G major,Ab major,A major,Bb major,B major,C minor'.split(
        ',',
      ),
    );
    expect(KEY_LABELS[23]).toBe('B minor');
  });

  it('round trip', () => {
    for (let i = 0; i < 24; i++) {
      expect(keyIndex(keyFromIndex(i))).toBe(i);
      expect(keyOf(KEY_LABELS[i]!)).toEqual(keyFromIndex(i));
      expect(keyLabel(keyFromIndex(i))).toBe(KEY_LABELS[i]);
    }
  });

  it.each([-1, 24, 1.5, Number.NaN])('refuse index %s', (index) => {
    expect(() => keyFromIndex(index)).toThrow(RangeError);
  });
});

describe('notations', () => {
  // The Camelot wheel as Mixed In Key prints it, with Open Key's numbers beside it.
  const wheel = [
    ['1A', 'Abm', '6m', '1B', 'B', '6d'],
    ['2A', 'Ebm', '7m', '2B', 'F#', '7d'],
    ['3A', 'Bbm', '8m', '3B', 'Db', '8d'],
    ['4A', 'Fm', '9m', '4B', 'Ab', '9d'],
    ['5A', 'Cm', '10m', '5B', 'Eb', '10d'],
    ['6A', 'Gm', '11m', '6B', 'Bb', '11d'],
    ['7A', 'Dm', '12m', '7B', 'F', '12d'],
    ['8A', 'Am', '1m', '8B', 'C', '1d'],
    ['9A', 'Em', '2m', '9B', 'G', '2d'],
    ['10A', 'Bm', '3m', '10B', 'D', '3d'],
    ['11A', 'F#m', '4m', '11B', 'A', '4d'],
    ['12A', 'Dbm', '5m', '12B', 'E', '5d'],
  ];
  it.each(wheel)('%s is %s is %s, %s is %s is %s', (...names) => {
    for (const side of [names.slice(0, 3), names.slice(3)]) {
      const keys = side.map((name) => keyOf(name)!);
      expect(keys[1]).toEqual(keys[0]);
      expect(keys[2]).toEqual(keys[0]);
      expect([formatKey(keys[0]!, 'camelot'), formatKey(keys[0]!), formatKey(keys[0]!, 'open-key')]).toEqual(
        side,
      );
    }
  });

  it('read back what they write, in any case and with blanks around', () => {
    fc.assert(
      fc.property(anyKey, anyNotation, (key, notation) => {
        const text = formatKey(key, notation);
        expect(parseKey(text)).toEqual({ kind: 'key', key, cents: 0, others: [] });
        expect(keyOf(` ${text.toLowerCase()} `)).toEqual(key);
        expect(keyOf(formatKeyLong(key))).toEqual(key);
      }),
    );
  });

  it('fit TKEY: at most three characters', () => {
    for (let i = 0; i < 24; i++) {
      for (const notation of KEY_NOTATIONS) {
        expect(formatKey(keyFromIndex(i), notation).length).toBeLessThanOrEqual(3);
      }
    }
  });

  it('keep Camelot numbers and keys in step', () => {
    fc.assert(
      fc.property(anyKey, fc.integer({ min: -50, max: 50 }), (key, steps) => {
        expect(keyFromCamelot(camelotNumber(key), key.mode)).toEqual(key);
        expect(keyFromCamelot(camelotNumber(key) + steps, key.mode)).toEqual(transposeKey(key, 7 * steps));
        expect(camelotNumber(relativeKey(key))).toBe(camelotNumber(key));
        expect(relativeKey(relativeKey(key))).toEqual(key);
      }),
    );
  });
});

describe('parseKey', () => {
  it.each([
    ['A minor', 'Am'],
    ['a moll', 'Am'],
    ['A-minor', 'Am'],
    ['AMIN', 'Am'],
    ['Amin.', 'Am'],
    ['Abmin', 'Abm'],
    ['B♭ maj', 'Bb'],
    ['C♯m', 'Dbm'],
    ['f sharp minor', 'F#m'],
    ['B-flat major', 'Bb'],
    ['C', 'C'],
    ['CM', 'C'],
    ['Cm', 'Cm'],
    ['Cb', 'B'],
    ['Cbm', 'Bm'],
    ['Fb', 'E'],
    ['E#', 'F'],
    ['B#m', 'Cm'],
    ['F##m', 'Gm'],
    ['Fx', 'G'],
    ['Bbb', 'A'],
    ['B𝄫', 'A'],
    ['bb', 'Bb'],
    ['b', 'B'],
    ['Bm', 'Bm'],
    ['B maj', 'B'],
    ['H', 'B'],
    ['Hm', 'Bm'],
    ['h-Moll', 'Bm'],
    ['B-Dur', 'Bb'],
    ['b-Moll', 'Bbm'],
    ['Es-Dur', 'Eb'],
    ['As', 'Ab'],
    ['Asmoll', 'Abm'],
    ['fis moll', 'F#m'],
    ['Cis', 'Db'],
    ['08a', 'Am'],
    ['8 B', 'C'],
    ['12d', 'F'],
    ['8A - Am', 'Am'],
    ['4A/Fm', 'Fm'],
    ['7m (D♯m/E♭m)', 'Ebm'],
    ['8A Am', 'Am'],
    ['Am - 8A', 'Am'],
    ['A minor 8A', 'Am'],
    ['8A - 124', 'Am'],
    ['8A - Energy 6', 'Am'],
    ['o', 'off'],
    ['O', 'off'],
    ['All', 'off'],
    ['no key', 'off'],
  ])('reads %j as %s', (text, expected) => {
    expect(read(text)).toBe(expected);
  });

  it.each([
    '',
    ' ',
    '0A',
    '13A',
    '8C',
    '0d',
    'I',
    'Add',
    'Amin7',
    'B#b',
    'C###',
    '124',
    'A great song',
    'm',
    '8A - x',
    'House',
  ])('does not understand %j', (text) => {
    expect(read(text)).toBe('not understood');
  });

  it('keeps the cents', () => {
    expect(parseKey('A#m +50')).toEqual({
      kind: 'key',
      key: { tonic: 10, mode: 'minor' },
      cents: 50,
      others: [],
    });
    expect(parseKey('F -12 cents')).toMatchObject({ cents: -12 });
    expect(parseKey('8A (+5)')).toMatchObject({ cents: 5 });
  });

  it('names further keys once, and only those that differ', () => {
    expect(parseKey('Am/C/8A/8B')).toMatchObject({
      key: { tonic: 9, mode: 'minor' },
      others: [{ tonic: 0, mode: 'major' }],
    });
  });

  it('reads any two notations of one key joined', () => {
    fc.assert(
      fc.property(
        anyKey,
        anyNotation,
        anyNotation,
        fc.constantFrom(' - ', '/', ', ', ' | ', ';'),
        (key, first, second, separator) => {
          const text = formatKey(key, first) + separator + formatKey(key, second);
          expect(parseKey(text)).toEqual({ kind: 'key', key, cents: 0, others: [] });
        },
      ),
    );
  });

  it('survives any text, quickly, and yields only real keys', () => {
    const soup = fc.string({
      unit: fc.constantFrom(...'ABCDEFGHabm#♯♭x- /()0123456789+isdurol\0'.split('')),
      maxLength: 90,
    });
    fc.assert(
      fc.property(fc.oneof(soup, fc.string()), (text) => {
        const parsed = parseKey(text);
        if (parsed?.kind !== 'key') return;
        expect(keyFromIndex(keyIndex(parsed.key))).toEqual(parsed.key);
        expect(Number.isFinite(parsed.cents)).toBe(true);
      }),
      { numRuns: 2000 },
    );
    const start = performance.now();
    parseKey('a'.repeat(1_000_000));
    parseKey(`${'8A - '.repeat(15)}x`);
    expect(performance.now() - start).toBeLessThan(5000);
  });
});
