import { describe, expect, it } from 'vitest';
import { analyse, analysis, KEY, memoryLibrary } from './support.ts';

describe('predictions', () => {
  it('come back with their whole distribution and provenance', () => {
    const { catalogue, add } = memoryLibrary();
    add('/music/a.mp3');
    const labels = ['blues', 'rock', 'jazz'];
    const prediction = {
      task: 'genre',
      predictor: 'g',
      version: '3',
      labels,
      probabilities: [0.2, 0.7, 0.1],
    } as const;
    analyse(catalogue, '/music/a.mp3', { ...analysis({}), predictions: [prediction] });
    const { predictions, track } = catalogue.files.details('/music/a.mp3')!;
    expect(predictions).toEqual([
      {
        ...prediction,
        trackId: track!.id,
        label: 'rock',
        confidence: 0.7,
        runnerUp: 'blues',
        margin: 0.5,
        at: 1_000_000,
        current: true,
      },
    ]);
    expect(track).toMatchObject({ durationSeconds: 120, windows: [{ start: 10, length: 30 }] });
  });

  it('of a newer version replace the older one', () => {
    const { catalogue, add } = memoryLibrary();
    add('/music/a.mp3');
    analyse(catalogue, '/music/a.mp3', analysis({ key: ['A minor', 0.9] }));
    const newer = analysis({ key: ['E minor', 0.6] }).predictions.map((p) => ({ ...p, version: '2' }));
    analyse(catalogue, '/music/a.mp3', { ...analysis({}), predictions: newer });
    const { predictions } = catalogue.files.details('/music/a.mp3')!;
    expect(predictions).toMatchObject([{ version: '2', label: 'E minor', current: true }]);
    expect(catalogue.search({}).rows).toMatchObject([{ predictedKey: 16, predictedKeyConfidence: 0.6 }]);
  });

  it('of several predictors: the newest is current unless the user prefers another', () => {
    const { catalogue, add, clock } = memoryLibrary();
    add('/music/a.mp3');
    const of = (predictor: string, key: string) => ({
      ...analysis({}),
      predictions: analysis({ key: [key, 0.8] }).predictions.map((p) => ({ ...p, predictor })),
    });
    const store = (predictor: string, key: string) => {
      const { run } = catalogue.queue.enqueue({ kind: 'analyse', predictors: [], all: true });
      const [item] = catalogue.queue.claim('analyse', 1, run);
      catalogue.queue.complete(item!.id, of(predictor, key), []);
    };
    store('first', 'A minor');
    clock.now += 1000;
    store('second', 'E minor');
    const trackId = catalogue.search({}).rows[0]!.trackId!;
    expect(catalogue.predictions.current(trackId, 'key')).toMatchObject({ predictor: 'second' });
    catalogue.predictions.prefer('key', ['absent', 'first']);
    expect(catalogue.predictions.current(trackId, 'key')).toMatchObject({ predictor: 'first' });
    expect(catalogue.search({ keys: [21] }).rows).toHaveLength(1);
    clock.now += 1000;
    store('second', 'E minor');
    expect(catalogue.search({ keys: [21] }).rows).toHaveLength(1);
    expect(catalogue.predictions.current(trackId, 'genre')).toBeUndefined();
  });

  it('vanish from search when a predictor has nothing to say any more', () => {
    const { catalogue, add } = memoryLibrary();
    add('/music/a.mp3', { genre: ['Jazz'] });
    analyse(catalogue, '/music/a.mp3', analysis({ key: ['A minor', 0.9], genre: ['rock', 0.9] }));
    expect(catalogue.count({ differs: ['genre'] })).toBe(1);
    analyse(catalogue, '/music/a.mp3', { ...analysis({}), silentReason: 'silence' });
    expect(catalogue.search({}).rows).toMatchObject([{ predictedKey: null, predictedGenre: null }]);
    expect(catalogue.count({ differs: ['genre'] })).toBe(0);
    expect(catalogue.count({ genres: ['rock'], genreSource: 'prediction' })).toBe(0);
  });

  it('refuse a distribution that does not fit its labels', () => {
    const { catalogue, add } = memoryLibrary();
    add('/music/a.mp3');
    const prediction = {
      task: 'key',
      predictor: 'k',
      version: '1',
      labels: ['C major'],
      probabilities: [],
    } as const;
    expect(() => analyse(catalogue, '/music/a.mp3', { ...analysis({}), predictions: [prediction] })).toThrow(
      '0 probabilities for 1 labels',
    );
  });

  it('keep the user’s word beside them', () => {
    const { catalogue, add } = memoryLibrary();
    add('/music/a.mp3');
    const trackId = catalogue.search({}).rows[0]!.trackId!;
    catalogue.predictions.review(trackId, 'key', { state: 'accepted', value: null });
    catalogue.predictions.review(trackId, 'key', { state: 'changed', value: 'E minor' });
    expect(catalogue.predictions.reviewsOfTrack(trackId)).toEqual([
      { trackId, task: KEY.task, state: 'changed', value: 'E minor', at: 1_000_000 },
    ]);
    catalogue.predictions.review(trackId, 'key', null);
    expect(catalogue.predictions.reviewsOfTrack(trackId)).toEqual([]);
  });

  it('stand beside embeddings, of which the newest version is kept', () => {
    const { catalogue, add } = memoryLibrary();
    add('/music/a.mp3');
    const embed = (version: string, ...values: number[]) => ({
      ...analysis({}),
      embeddings: [{ representation: 'mfcc', version, vector: Float32Array.from(values) }],
    });
    analyse(catalogue, '/music/a.mp3', embed('1', 1.5, -2, 1e-7));
    const trackId = catalogue.search({}).rows[0]!.trackId!;
    expect(catalogue.predictions.embedding(trackId, 'mfcc')).toEqual({
      representation: 'mfcc',
      version: '1',
      vector: Float32Array.of(1.5, -2, 1e-7),
    });
    analyse(catalogue, '/music/a.mp3', embed('2', 4));
    expect(catalogue.predictions.embedding(trackId, 'mfcc')).toMatchObject({ version: '2' });
    expect(catalogue.predictions.embedding(trackId, 'chroma')).toBeUndefined();
  });

  it('count genres in use by tag and by prediction', () => {
    const { catalogue, add } = memoryLibrary();
    add('/music/a.mp3', { genre: ['Hip-Hop'] });
    add('/music/b.mp3', { genre: ['hip hop', 'Jazz'] });
    analyse(catalogue, '/music/a.mp3', analysis({ genre: ['hiphop', 0.9] }));
    expect(catalogue.predictions.genres()).toEqual([
      { genre: 'Hip-Hop', tagged: 2, predicted: 1 },
      { genre: 'Jazz', tagged: 1, predicted: 0 },
    ]);
  });
});

describe('predictors of different tiers', () => {
  const said = (predictor: string, label: string) => ({
    task: 'genre' as const,
    predictor,
    version: '1',
    labels: [label, 'other'],
    probabilities: [0.6, 0.4],
  });

  it('are believed by tier, then newest first, unless the user prefers one', () => {
    const { catalogue, add, clock } = memoryLibrary();
    add('/music/a.mp3');
    const trackId = catalogue.search({}).rows[0]!.trackId!;
    const current = () => catalogue.predictions.current(trackId, 'genre')?.predictor;
    analyse(catalogue, '/music/a.mp3', { ...analysis({}), predictions: [said('own-genre', 'Mine')] });
    clock.now += 1;
    catalogue.predictions.add([
      { trackId, ...said('large', 'Jazz') },
      { trackId, ...said('small', 'Rock') },
    ]);
    expect(current()).toBe('small');
    catalogue.predictions.noteTiers({ small: 'standard', large: 'musicgen-small', 'own-genre': 'own' });
    expect(current()).toBe('own-genre');
    expect(catalogue.count({ genres: ['Mine'], genreSource: 'prediction' })).toBe(1);
    catalogue.predictions.prefer('genre', ['small']);
    expect(current()).toBe('small');
    catalogue.predictions.prefer('genre', []);
    expect(catalogue.predictions.forget('genre', 'own-genre', 10)).toBe(1);
    expect(catalogue.predictions.forget('genre', 'own-genre', 10)).toBe(0);
    expect(current()).toBe('large');
    expect(catalogue.count({ genres: ['Mine'], genreSource: 'prediction' })).toBe(0);
  });
});
