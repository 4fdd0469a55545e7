import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { replacer, textOf, valuesOf } from '../../src/shared/field-text.ts';

describe('valuesOf', () => {
  it('takes several values apart where a field holds several', () => {
    expect(valuesOf('genre', ' House;  Dub ;')).toEqual(['House', 'Dub']);
    expect(valuesOf('title', 'One; Two')).toEqual(['One; Two']);
    expect(valuesOf('comment', '   ')).toEqual([]);
  });

  it('reads back what it wrote', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc
            .string({ minLength: 1 })
            .map((text) => text.replaceAll(';', ',').trim())
            .filter((text) => text !== ''),
        ),
        (values) => {
          expect(valuesOf('genre', textOf(values))).toEqual(values);
        },
      ),
    );
  });
});

describe('replacer', () => {
  const options = { matchCase: false, wholeWord: false };

  it('takes what is sought, and what stands for it, literally', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1, unit: 'grapheme' }),
        fc.string(),
        fc.string(),
        (find, replace, around) => {
          const change = replacer({ find, replace, matchCase: true, wholeWord: false });
          expect(change(around + find + around)).toBe((around + find + around).split(find).join(replace));
        },
      ),
    );
  });

  it('minds case and whole words where asked to', () => {
    expect(replacer({ find: 'DJ', replace: 'X', ...options })('dj Djed')).toBe('X Xed');
    expect(replacer({ find: 'DJ', replace: 'X', matchCase: true, wholeWord: false })('dj DJ')).toBe('dj X');
    expect(replacer({ find: 'dj', replace: 'X', matchCase: false, wholeWord: true })('DJ Djéd édj')).toBe(
      'X Djéd édj',
    );
    expect(replacer({ find: '(a+)+$', replace: '$&', ...options })('x(a+)+$')).toBe('x$&');
  });

  it('does not run away', () => {
    const change = replacer({ find: '(a+)+b', replace: '', ...options });
    expect(change('a'.repeat(50_000))).toHaveLength(50_000);
  });
});
