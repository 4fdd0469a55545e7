import { describe, expect, it } from 'vitest';
import { search, searchQuery } from '../../../src/main/cli/commands/search.ts';
import { directEdits, tag } from '../../../src/main/cli/commands/tag.ts';
import { parseArguments } from '../../../src/main/cli/options.ts';
import { UsageError } from '../../../src/main/cli/usage-error.ts';
import { DEFAULT_RULE } from '../../../src/shared/music/compatible.ts';

const tagArguments = (...argv: string[]) => parseArguments(argv, tag.options);
const query = (...argv: string[]) =>
  searchQuery(parseArguments(argv, search.options), [], { keyRule: DEFAULT_RULE });

describe('parseArguments', () => {
  it('refuses an option it does not know', () => {
    expect(() => parseArguments(['--colour'], {})).toThrow(UsageError);
  });

  it.each(['', 'x', '1.5', '-1', 'NaN', 'Infinity'])('refuses %j as a confidence', (value) => {
    expect(() => query(`--min-confidence=${value}`)).toThrow(UsageError);
  });
});

describe('searchQuery', () => {
  it('takes the language of the app', () => {
    expect(query('--query', 'key:8A bpm:>120', '--missing', 'genre')).toEqual({
      terms: [
        { kind: 'key', keys: [21] },
        { kind: 'range', of: 'bpm', above: 120 },
      ],
      missing: ['genre'],
    });
    expect(() => query('--query', 'bpm:fast')).toThrow(UsageError);
    expect(() => query('--query', 'bpm:fast')).toThrow(/bpm:>120/);
  });
});

describe('directEdits', () => {
  it('collects several values of a field, and clears', () => {
    const args = tagArguments(
      'f.mp3',
      '--set',
      'genre=Dub',
      '--set',
      'genre=Techno=Deep',
      '--clear',
      'comment',
    );
    expect(directEdits(args)).toEqual([
      { field: 'genre', values: ['Dub', 'Techno=Deep'] },
      { field: 'comment', values: [] },
    ]);
  });

  it.each([
    [['--set', 'genre']],
    [['--set', 'mood=happy']],
    [['--set', 'key=']],
    [[]],
    [['--set', 'key=1', '--clear', 'key']],
  ])('refuses %j', (argv) => expect(() => directEdits(tagArguments(...argv))).toThrow(UsageError));
});

describe('searchQuery', () => {
  it('reads a key in any notation', () => {
    expect(query('--key', '8A').keys).toEqual(query('--key', 'A minor').keys);
    expect(query('--key', '8A').keys).toEqual([21]);
  });

  it('adds the compatible keys, each once', () => {
    const keys = query('--key', '8A', '--compatible').keys ?? [];
    expect([...keys].sort((a, b) => a - b)).toEqual([0, 14, 16, 21]);
  });

  it('refuses what is no key', () => {
    expect(() => query('--key', 'Z')).toThrow(/no key/);
    expect(() => query('--compatible')).toThrow(UsageError);
  });
});
