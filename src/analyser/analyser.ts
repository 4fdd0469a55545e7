import type {
  AnalyserCalls,
  AnalyserDescription,
  AnalysisRequest,
  AnalysisResult,
  Passage,
  ProbeProblem,
} from '../shared/analysis.ts';
import { CratewiseError } from '../shared/errors.ts';
import type { Embedding, Prediction } from '../shared/prediction.ts';
import { BUILT_IN, costliestTier, installedTier, type Tier } from '../shared/tier.ts';
import { AudioFile } from './decode/decode.ts';
import { isSilent } from './loudness.ts';
import type { Predictor } from './predictors/predictor.ts';
import { PreparedWindow } from './prepared-window.ts';
import { builtinRepresentations } from './representations/index.ts';
import type { Representation } from './representations/representation.ts';

/** Listens to one file at a time: decode → representations → predictors. */
export class Analyser implements AnalyserCalls {
  readonly #representations: ReadonlyMap<string, Representation>;
  readonly #predictors: ReadonlyMap<string, Predictor>;
  readonly #problems: readonly ProbeProblem[];

  /** @param problems of probe files that are not among `predictors`, to be told */
  constructor(
    representations: readonly Representation[],
    predictors: readonly Predictor[],
    problems: readonly ProbeProblem[] = [],
  ) {
    this.#problems = problems;
    this.#representations = new Map(representations.map((r) => [r.id, r]));
    this.#predictors = new Map(predictors.map((p) => [p.id, p]));
  }

  describe(): Promise<AnalyserDescription> {
    return Promise.resolve({
      predictors: [...this.#predictors.values()].map((predictor) => {
        const { id, version, task, representations } = predictor;
        const needs = costliestTier(representations.map(tierOf));
        return { id, version, task, representations, tier: predictor.tier ?? needs, needs };
      }),
      representations: [...this.#representations.values()].map(({ id, version, dimension }) => ({
        id,
        version,
        dimension,
        tier: tierOf(id),
      })),
      problems: this.#problems,
    });
  }

  /** @throws FileError where the file can't be decoded, CratewiseError `unknown-id` for ids that we don't have */
  async analyse(request: AnalysisRequest): Promise<AnalysisResult> {
    const predictors = request.predictors.map((id) => known(this.#predictors, id, 'predictor'));
    const ids = new Set([...request.representations, ...predictors.flatMap((p) => p.representations)]);
    const representations = [...ids].map((id) => known(this.#representations, id, 'representation'));
    const rates = new Set([
      ...representations.map((r) => r.sampleRate),
      ...predictors.flatMap((p) => p.sampleRates),
    ]);
    // Silence is judged by some rate, even if nothing else is asked for.
    if (rates.size === 0) rates.add(22_050);
    const releasable = predictors.every((p) => p.sampleRates.length === 0 || p.prepare);

    const file = new AudioFile(request.path);
    try {
      const heard: Passage[] = [];
      const windows: PreparedWindow[] = [];
      for (const { start, length, pcm } of file.windows(request.windows, [...rates])) {
        heard.push({ start, length });
        if ([...pcm.values()].every(isSilent)) continue;
        const window = new PreparedWindow(start, length, pcm);
        for (const representation of representations) {
          if (length >= representation.minimumSeconds) await window.vector(representation);
        }
        for (const predictor of predictors) {
          if (length >= predictor.minimumSeconds) await predictor.prepare?.(window);
        }
        if (releasable) window.release();
        windows.push(window);
      }
      const embeddings = await poolEmbeddings(
        request.representations.map((id) => known(this.#representations, id, 'representation')),
        windows,
      );
      const predictions = await predictAll(predictors, windows);
      const result = { durationSeconds: file.duration, windows: heard, embeddings, predictions };
      if (predictions.length === predictors.length) return result;
      return { ...result, silentReason: windows.length === 0 && heard.length > 0 ? 'silence' : 'too-short' };
    } finally {
      file.close();
    }
  }
}

const BUILT_IN_IDS = new Set(builtinRepresentations.map(({ id }) => id));

function tierOf(representationId: string): Tier {
  return BUILT_IN_IDS.has(representationId) ? BUILT_IN : installedTier(representationId);
}

function known<T>(all: ReadonlyMap<string, T>, id: string, what: string): T {
  const found = all.get(id);
  if (!found) throw new CratewiseError('unknown-id', `There is no ${what} called ${id} in this version.`);
  return found;
}

/** A track's embedding is the mean of its windows' vectors. */
async function poolEmbeddings(
  representations: readonly Representation[],
  windows: readonly PreparedWindow[],
): Promise<Embedding[]> {
  const embeddings: Embedding[] = [];
  for (const representation of representations) {
    const { id, version, dimension, minimumSeconds } = representation;
    const sum = new Float64Array(dimension);
    let count = 0;
    for (const window of windows) {
      if (window.length < minimumSeconds) continue;
      const vector = await window.vector(representation);
      for (let i = 0; i < dimension; i++) sum[i]! += vector[i]!;
      count += 1;
    }
    if (count > 0)
      embeddings.push({ representation: id, version, vector: Float32Array.from(sum, (x) => x / count) });
  }
  return embeddings;
}

async function predictAll(
  predictors: readonly Predictor[],
  windows: readonly PreparedWindow[],
): Promise<Prediction[]> {
  const predictions: Prediction[] = [];
  for (const predictor of predictors) {
    const long = windows.filter(({ length }) => length >= predictor.minimumSeconds);
    if (long.length === 0) continue;
    const probabilities = await predictor.predict(long);
    const { id, version, task, labels } = predictor;
    predictions.push({ task, predictor: id, version, labels, probabilities });
  }
  return predictions;
}
