import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { queryTermsSchema } from '../../../src/shared/contract/terms.ts';
import { completionsAt } from '../../../src/shared/query/complete.ts';
import { piecesOf, quoted, tokensOf } from '../../../src/shared/query/lex.ts';
import { parseQuery } from '../../../src/shared/query/parse.ts';
import type { QueryTerm } from '../../../src/shared/query/terms.ts';

describe('parseQuery', () => {
  it.each<[string, QueryTerm[]]>([
    [
      'deep house',
      [
        { kind: 'text', text: 'deep' },
        { kind: 'text', text: 'house' },
      ],
    ],
    [
      '"deep house" -live',
      [
        { kind: 'text', text: 'deep house', exact: true },
        { not: true, kind: 'text', text: 'live' },
      ],
    ],
    ['key:8A', [{ kind: 'key', keys: [21] }]],
    ['key:Am', [{ kind: 'key', keys: [21] }]],
    ['key:"a minor"', [{ kind: 'key', keys: [21] }]],
    ['key:8A~', [{ kind: 'key', keys: [21, 16, 14, 0] }]],
    ['KEY:8A,8B', [{ kind: 'key', keys: [21, 0] }]],
    ['-genre:techno,House', [{ not: true, kind: 'genre', genres: ['techno', 'House'] }]],
    ['genre:"Drum & Bass, live"', [{ kind: 'genre', genres: ['Drum & Bass, live'] }]],
    ['bpm:>120', [{ kind: 'range', of: 'bpm', above: 120 }]],
    ['bpm:120-128', [{ kind: 'range', of: 'bpm', min: 120, max: 128 }]],
    ['bpm:128..120', [{ kind: 'range', of: 'bpm', min: 120, max: 128 }]],
    ['bpm:128', [{ kind: 'range', of: 'bpm', min: 127.5, below: 128.5 }]],
    ['year:1999', [{ kind: 'range', of: 'year', min: 1999, max: 1999 }]],
    ['length:>=6:30', [{ kind: 'range', of: 'duration', min: 390 }]],
    ['length:<90', [{ kind: 'range', of: 'duration', below: 90 }]],
    ['conf:<.6', [{ kind: 'range', of: 'confidence', below: 0.6 }]],
    ['keyconf:>60%', [{ kind: 'range', of: 'keyConfidence', above: 0.6 }]],
    ['added:2w', [{ kind: 'range', of: 'added', max: 14 }]],
    ['missing:key', [{ kind: 'missing', field: 'key' }]],
    ['missing:albumartist', [{ kind: 'missing', field: 'albumArtist' }]],
    ['-has:year', [{ kind: 'missing', field: 'date', not: true }]],
    ['differs:any', [{ kind: 'differs', task: 'any' }]],
    ['is:edited', [{ kind: 'is', state: 'edited' }]],
    ['artist:"AC/DC"', [{ kind: 'text', field: 'artist', text: 'AC/DC', exact: true }]],
    ['format:.flac', [{ kind: 'format', format: 'flac' }]],
    ['Re:Zero', [{ kind: 'text', text: 'Re:Zero' }]],
    [
      'Artist - Title',
      [
        { kind: 'text', text: 'Artist' },
        { kind: 'text', text: '-' },
        { kind: 'text', text: 'Title' },
      ],
    ],
    ['', []],
  ])('understands %s', (text, terms) => {
    // A negated `has` is a `missing`.
    const expected = text === '-has:year' ? [{ kind: 'missing', field: 'date' }] : terms;
    expect(parseQuery(text)).toEqual({ terms: expected, problems: [] });
  });

  const word = (text: string): QueryTerm => ({ kind: 'text', text });
  it.each<[string, QueryTerm[]]>([
    ['genre:techno OR genre:house', [{ kind: 'genre', genres: ['techno', 'house'] }]],
    ['key:8A OR key:9A~', [{ kind: 'key', keys: [21, 16, 23, 7] }]],
    ['a OR b', [{ kind: 'any', groups: [[word('a')], [word('b')]] }]],
    ['a b OR c', [{ kind: 'any', groups: [[word('a'), word('b')], [word('c')]] }]],
    ['a (b OR c)', [word('a'), { kind: 'any', groups: [[word('b')], [word('c')]] }]],
    ['(a OR b) OR c', [{ kind: 'any', groups: [[word('a')], [word('b')], [word('c')]] }]],
    ['a AND b', [word('a'), word('b')]],
    ['(a b)', [word('a'), word('b')]],
    ['-(a b)', [{ not: true, kind: 'any', groups: [[word('a'), word('b')]] }]],
    ['NOT (a OR b)', [{ not: true, kind: 'any', groups: [[word('a')], [word('b')]] }]],
    ['NOT -(a OR b)', [{ kind: 'any', groups: [[word('a')], [word('b')]] }]],
    ['-(a)', [{ not: true, kind: 'text', text: 'a' }]],
    ['NOT a', [{ not: true, kind: 'text', text: 'a' }]],
    ['NOT -a', [word('a')]],
    [
      '-genre:a OR genre:b',
      [
        {
          kind: 'any',
          groups: [[{ not: true, kind: 'genre', genres: ['a'] }], [{ kind: 'genre', genres: ['b'] }]],
        },
      ],
    ],
    // What is still being typed, and what only looks like an operator.
    ['a (b OR c', [word('a'), { kind: 'any', groups: [[word('b')], [word('c')]] }]],
    ['a or b', [word('a'), word('or'), word('b')]],
    ['"OR"', [{ kind: 'text', text: 'OR', exact: true }]],
    ['title:OR', [{ kind: 'text', field: 'title', text: 'OR' }]],
    ['Song (Original Mix)', [word('Song'), word('Original'), word('Mix')]],
    ['f(x) :)', [word('f(x)'), word(':)')]],
    ['(f(x))', [word('f(x)')]],
    ['() ""', []],
    ['((((((deep))))))', [word('(deep)')]],
    ['constructor:x', [word('constructor:x')]],
  ])('puts %s together', (text, terms) => {
    expect(parseQuery(text)).toEqual({ terms, problems: [] });
  });

  it('follows the rule of compatible keys', () => {
    expect(parseQuery('key:8A~', { rule: ['whole-tone-up'] }).terms).toEqual([
      { kind: 'key', keys: [21, 23] },
    ]);
    expect(parseQuery('key:8A~', { rule: [] }).terms).toEqual([{ kind: 'key', keys: [21] }]);
  });

  it.each([
    ['OR a', 'OR'],
    ['a OR', 'OR'],
    ['a OR OR', 'OR'],
    ['a NOT', 'NOT'],
    ['a AND', 'AND'],
    ['AND a', 'AND'],
    ['a AND (NOT)', 'NOT'],
  ])('says that something is missing in %s, and goes on', (text, value) => {
    const { terms, problems } = parseQuery(text);
    expect(terms).toEqual([word('a')]);
    expect(problems[0]).toMatchObject({ code: 'alone', value });
    expect(text.slice(problems[0]!.start, problems[0]!.end)).toBe(value);
  });

  it.each([
    ['key:H9', 'no-key'],
    ['key:8A,what', 'no-key'],
    ['bpm:fast', 'no-number'],
    ['bpm:>', 'no-number'],
    ['bpm:1e9', 'no-number'],
    ['length:6:99x', 'no-duration'],
    ['missing:hope', 'no-field'],
    ['differs:bpm', 'no-task'],
    ['is:good', 'no-state'],
    ['genre:', 'empty'],
  ])('says why it does not understand %s, and goes on', (text, code) => {
    expect(parseQuery(`one ${text} two`)).toMatchObject({
      terms: [{ text: 'one' }, { text: 'two' }],
      problems: [{ code, start: 4, end: 4 + text.length }],
    });
  });

  const names = ['key', 'genre', 'bpm', 'is', 'missing', 'length', 'added', 'title', 'conf', 'x'];
  const text = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc
      .array(
        fc.tuple(
          fc.constantFrom('', '-', '"', ' ', '(', '-(', 'OR ', 'NOT ', 'AND '),
          fc.constantFrom('', ...names.map((name) => `${name}:`)),
          fc.oneof(
            fc.constantFrom('>', '<=', '8A~', '1-2', '"', '""', ',', '.', '6:00', ')', 'OR', '('),
            fc.string(),
          ),
        ),
        { maxLength: 8 },
      )
      .map((parts) => parts.map((part) => part.join('')).join(' ')),
  );

  it('takes any text, says nothing that the contract refuses, and loses no place', () => {
    fc.assert(
      fc.property(text, (query) => {
        const { terms, problems } = parseQuery(query);
        expect(queryTermsSchema.safeParse(terms).error).toBeUndefined();
        for (const { start, end } of problems) expect(query.slice(start, end)).not.toBe('');
        let at = 0;
        for (const { start, end } of piecesOf(query)) {
          expect(query.slice(at, start).trim()).toBe('');
          at = end;
        }
        expect(query.slice(at).trim()).toBe('');
      }),
      { numRuns: 500 },
    );
  });

  it('reads back what was quoted', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (value) => {
        const [token, ...rest] = tokensOf(`genre:${quoted(value)}`);
        expect(rest).toEqual([]);
        expect(token).toMatchObject({ field: 'genre', value, open: false });
      }),
    );
  });
});

describe('completionsAt', () => {
  const known = { genres: ['Techno', 'Drum & Bass', 'Trance'], notation: 'camelot' } as const;
  const offered = (query: string, caret = query.length) =>
    completionsAt(query, caret, known).map(
      ({ insert, start, end }) => query.slice(0, start) + insert + query.slice(end),
    );

  it('offers fields, then their values', () => {
    expect(offered('ge')).toEqual(['genre:', 'genreconf:']);
    expect(offered('x -ge')[0]).toBe('x -genre:');
    expect(offered('genre:t')).toEqual(['genre:Techno ', 'genre:Trance ']);
    expect(offered('genre:Techno,dr')).toEqual(['genre:Techno,"Drum & Bass" ']);
    expect(offered('genre:"drum')).toEqual(['genre:"Drum & Bass" ']);
    expect(offered('key:8')).toEqual(['key:8A ', 'key:8A~ ', 'key:8B ', 'key:8B~ ']);
    expect(offered('is:un')).toEqual(['is:unsure ', 'is:unreviewed ', 'is:unheard ']);
    expect(offered('missing:')[0]).toBe('missing:key ');
    expect(offered('ge bpm', 2)[0]).toBe('genre: bpm');
    expect(offered('x O')[0]).toBe('x OR ');
    expect(offered('x o')).not.toContain('x OR ');
    expect(offered('(x OR key:8')[0]).toBe('(x OR key:8A ');
    expect(offered('(ge')[0]).toBe('(genre:');
    expect(offered('nothing:x')).toEqual([]);
    expect(offered('"ge')).toEqual([]);
  });

  it('offers what can be understood', () => {
    const fields = [
      'key',
      'bpm',
      'year',
      'length',
      'conf',
      'missing',
      'has',
      'differs',
      'is',
      'format',
      'added',
      'genre',
    ];
    for (const field of fields) {
      const all = offered(`${field}:`);
      expect(all.length).toBeGreaterThan(0);
      for (const query of all) expect(parseQuery(query).problems).toEqual([]);
    }
  });
});
