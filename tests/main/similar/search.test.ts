import { describe, expect, it } from 'vitest';
import { randomFrom } from '../../../src/main/lab/random.ts';
import { searchSimilar } from '../../../src/main/similar/search.ts';
import { analyse, analysis, memoryLibrary } from '../catalogue/support.ts';

/** A library of tracks with these vectors; ids in order. */
function libraryOf(vectors: readonly (readonly number[])[]) {
  const { catalogue, add } = memoryLibrary();
  const ids = vectors.map((vector, at) => {
    const path = `/music/${at}.mp3`;
    add(path);
    const embedding = { representation: 'r', version: '1', vector: Float32Array.from(vector) };
    analyse(catalogue, path, { ...analysis({}), embeddings: [embedding] });
    return catalogue.files.byPath(path)!.trackId!;
  });
  return { catalogue, ids };
}

describe('similar tracks', () => {
  const random = randomFrom(9);
  const vectors = Array.from({ length: 60 }, () => [1000 + random(), random() * 50, -3 + 0.01 * random(), 7]);
  const { catalogue, ids } = libraryOf(vectors);
  const ask = (at: number, limit: number) =>
    searchSimilar(catalogue, {
      representation: 'r',
      version: '1',
      vector: Float32Array.from(vectors[at]!),
      except: ids[at]!,
      limit,
    });

  it('are those whose standardised vectors have the largest cosine', () => {
    const columns = [0, 1, 2, 3].map((column) => vectors.map((vector) => Math.fround(vector[column]!)));
    const mean = columns.map((column) => column.reduce((sum, value) => sum + value, 0) / column.length);
    const deviation = columns.map((column, k) =>
      Math.sqrt(column.reduce((sum, value) => sum + (value - mean[k]!) ** 2, 0) / column.length),
    );
    const standard = vectors.map((vector) =>
      vector.slice(0, 3).map((value, k) => (Math.fround(value) - mean[k]!) / deviation[k]!),
    );
    const cosine = (a: readonly number[], b: readonly number[]) =>
      a.reduce((sum, value, k) => sum + value * b[k]!, 0) / (Math.hypot(...a) * Math.hypot(...b));
    const expected = standard
      .map((vector, at) => ({ trackId: ids[at]!, similarity: cosine(standard[11]!, vector) }))
      .filter(({ trackId }) => trackId !== ids[11])
      .sort((a, b) => b.similarity - a.similarity)
      .slice(0, 7);
    const found = ask(11, 7);
    expect(found.map(({ trackId }) => trackId)).toEqual(expected.map(({ trackId }) => trackId));
    found.forEach(({ similarity }, at) => {
      expect(similarity).toBeCloseTo(expected[at]!.similarity, 5);
    });
  });

  it('are looked for among some where these are asked for', () => {
    const among = { terms: [{ kind: 'text' as const, text: '3' }] };
    const vector = Float32Array.from(vectors[3]!);
    const found = searchSimilar(catalogue, {
      representation: 'r',
      version: '1',
      vector,
      except: ids[3]!,
      limit: 100,
      among,
    });
    const expected = ids.filter((_, at) => at !== 3 && /^3/.test(String(at)));
    expect(found.map(({ trackId }) => trackId).sort((a, b) => a - b)).toEqual(expected);
  });

  it('leave out the track itself and what has no vector of this version', () => {
    expect(ask(3, 1000)).toHaveLength(59);
    expect(
      searchSimilar(catalogue, {
        representation: 'r',
        version: '2',
        vector: Float32Array.of(1, 2, 3, 4),
        except: null,
        limit: 5,
      }),
    ).toEqual([]);
  });
});
