import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Catalogue, openCatalogue } from '../../../src/main/catalogue/index.ts';
import { readMigrations } from '../../../src/main/catalogue/migrate.ts';
import { openWith } from '../../../src/main/catalogue/open.ts';
import { migrationsFolder } from '../../../src/main/host/places.ts';
import { formatKey, KEY_LABELS, keyFromIndex } from '../../../src/shared/music/key.ts';
import { parseQuery } from '../../../src/shared/query/parse.ts';
import { analyse, analysis, scanned } from './support.ts';

const WORDS = ['alpha', 'beta', 'gamma', 'delta'] as const;
const GENRES = ['house', 'techno', 'dub'] as const;
const KEYS = [0, 12, 21] as const;

/** A file as plain as it can be: what the evaluator knows and the catalogue is told. */
interface Doc {
  readonly words: readonly string[];
  readonly genre: string | null;
  readonly key: number | null;
  readonly predictedKey: number | null;
  readonly confidence: number;
  readonly bpm: number | null;
  readonly year: number | null;
  readonly missing: boolean;
}

const docs: fc.Arbitrary<Doc[]> = fc.array(
  fc.record({
    words: fc.subarray([...WORDS]),
    genre: fc.option(fc.constantFrom(...GENRES), { nil: null }),
    key: fc.option(fc.constantFrom(...KEYS), { nil: null }),
    predictedKey: fc.option(fc.constantFrom(...KEYS), { nil: null }),
    confidence: fc.constantFrom(0.3, 0.6, 0.9),
    bpm: fc.option(fc.constantFrom(90, 120, 128), { nil: null }),
    year: fc.option(fc.constantFrom(1990, 2020), { nil: null }),
    missing: fc.boolean(),
  }),
  { minLength: 1, maxLength: 14 },
);

/** A query as a tree: its text, and whether it holds for a file, by plain logic. */
interface Node {
  readonly text: string;
  readonly holds: (doc: Doc) => boolean;
}

const best = (doc: Doc) => doc.key ?? doc.predictedKey;
const leaf: fc.Arbitrary<Node> = fc.oneof(
  fc
    .constantFrom(...WORDS)
    .map((word) => ({ text: word.slice(0, 3), holds: (doc: Doc) => doc.words.includes(word) })),
  fc
    .constantFrom(...WORDS)
    .map((word) => ({ text: `title:"${word}"`, holds: (doc: Doc) => doc.words.includes(word) })),
  fc
    .constantFrom(...GENRES)
    .map((genre) => ({ text: `genre:${genre}`, holds: (doc: Doc) => doc.genre === genre })),
  fc.constantFrom(...KEYS).map((key) => ({
    text: `key:${formatKey(keyFromIndex(key))}`,
    holds: (doc: Doc) => best(doc) === key,
  })),
  fc.constantFrom(100, 125).map((bpm) => ({
    text: `bpm:>${bpm}`,
    holds: (doc: Doc) => doc.bpm !== null && doc.bpm > bpm,
  })),
  fc.constant({ text: 'year:<2000', holds: (doc: Doc) => doc.year !== null && doc.year < 2000 }),
  fc.constant({ text: 'missing:key', holds: (doc: Doc) => doc.key === null }),
  fc.constant({ text: 'has:genre', holds: (doc: Doc) => doc.genre !== null }),
  fc.constant({
    text: 'keyconf:<.7',
    holds: (doc: Doc) => doc.predictedKey !== null && doc.confidence < 0.7,
  }),
  fc.constant({
    text: 'differs:key',
    holds: (doc: Doc) => doc.key !== null && doc.predictedKey !== null && doc.key !== doc.predictedKey,
  }),
);

const { node: tree } = fc.letrec<{ node: Node }>((tie) => ({
  node: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    fc
      .tuple(tie('node'), fc.constantFrom('-', 'NOT '))
      .map(([of, sign]) => ({ text: `${sign}(${of.text})`, holds: (doc: Doc) => !of.holds(doc) })),
    fc.tuple(tie('node'), tie('node'), fc.constantFrom(' ', ' AND ')).map(([a, b, between]) => ({
      text: `(${a.text})${between}(${b.text})`,
      holds: (doc: Doc) => a.holds(doc) && b.holds(doc),
    })),
    fc.tuple(tie('node'), tie('node')).map(([a, b]) => ({
      text: `(${a.text} OR ${b.text})`,
      holds: (doc: Doc) => a.holds(doc) || b.holds(doc),
    })),
  ),
}));
/** Without more parentheses within parentheses than the language knows. */
const query = tree.filter(({ text }) => {
  let left = text;
  for (let depth = 0; depth < 5; depth++) left = left.replaceAll(/\([^()]*\)/g, '');
  return !left.includes('(');
});

function filled(catalogue: Catalogue, all: readonly Doc[]): void {
  const rootId = catalogue.roots.add('/music').id;
  const scan = catalogue.files.beginScan();
  for (const [place, doc] of all.entries()) {
    const path = `/music/${String(place).padStart(2, '0')}.mp3`;
    catalogue.files.upsert(
      [
        scanned(path, rootId, {
          ...(doc.words.length > 0 ? { title: [doc.words.join(' ')] } : {}),
          ...(doc.genre === null ? {} : { genre: [doc.genre] }),
          ...(doc.key === null ? {} : { key: [formatKey(keyFromIndex(doc.key))] }),
          ...(doc.bpm === null ? {} : { bpm: [String(doc.bpm)] }),
          ...(doc.year === null ? {} : { date: [String(doc.year)] }),
        }),
      ],
      scan,
    );
    if (doc.predictedKey !== null)
      analyse(
        catalogue,
        path,
        analysis({ key: [KEY_LABELS[doc.predictedKey]!, Math.max(0.51, doc.confidence)] }),
      );
    if (doc.missing) catalogue.files.markMissing([catalogue.files.byPath(path)!.id]);
  }
}

describe('queries with OR and parentheses', () => {
  it.each(['auto', 'walk', 'drive'] as const)('find what plain logic finds (%s)', (strategy) => {
    fc.assert(
      fc.property(docs, fc.array(query, { minLength: 1, maxLength: 4 }), (all, queries) => {
        const catalogue = openWith(':memory:', {}, readMigrations(migrationsFolder), strategy);
        try {
          filled(catalogue, all);
          for (const { text, holds } of queries) {
            const { terms, problems } = parseQuery(text);
            expect(problems).toEqual([]);
            for (const states of [['present'], ['missing'], ['present', 'missing']] as const) {
              const expected = all.flatMap((doc, place) =>
                holds(known(doc)) && states.some((state) => (state === 'missing') === doc.missing)
                  ? [place]
                  : [],
              );
              const asked = { terms, states };
              const found = catalogue.search(asked).rows.map(({ path }) => Number(path.slice(7, 9)));
              expect(found, text).toEqual(expected);
              expect(catalogue.count(asked), text).toBe(expected.length);
              expect(catalogue.ids(asked), text).toHaveLength(expected.length);
            }
          }
        } finally {
          catalogue.close();
        }
      }),
      { numRuns: 60 },
    );
  });

  it('answers the contract’s depths', () => {
    const catalogue = openCatalogue(':memory:');
    const { terms } = parseQuery('-(-(-(-(-(a OR genre:b) OR c) OR d) OR e) OR f)');
    expect(catalogue.count({ terms })).toBe(0);
    catalogue.close();
  });
});

/** As `analysis` makes it: a confidence below a half would leave the prediction to its rival. */
const known = (doc: Doc): Doc => ({ ...doc, confidence: Math.max(0.51, doc.confidence) });
