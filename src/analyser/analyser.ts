import type {
  AnalyserCalls,
  AnalyserDescription,
  AnalysisRequest,
  AnalysisResult,
  ModelCheck,
  Passage,
  ProbeProblem,
} from '../shared/analysis.ts';
import type { DeviceOverview } from '../shared/device.ts';
import { CratewiseError } from '../shared/errors.ts';
import type { Embedding, Prediction } from '../shared/prediction.ts';
import { BUILT_IN, costliestTier, installedTier, type Tier } from '../shared/tier.ts';
import { AudioFile } from './decode/decode.ts';
import { BUILTIN_KEY } from './key/builtin-representation.ts';
import { isSilent } from './loudness.ts';
import { synthesisedClip } from './onnx/clip.ts';
import { thisMachine } from './onnx/machine.ts';
import type { Predictor } from './predictors/predictor.ts';
import { PreparedWindow } from './prepared-window.ts';
import { builtinRepresentations } from './representations/index.ts';
import type { LargeNet, Representation } from './representations/representation.ts';

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
      devices: [...netsOf(this.#representations.values())].map((net) => net.report()),
    });
  }

  async devices(): Promise<DeviceOverview> {
    const { processor, others } = await thisMachine();
    const nets = [...netsOf(this.#representations.values())];
    return {
      processor: processor.name,
      others: others.map(({ provider, device, missing }) => ({
        provider,
        device: device?.name ?? null,
        missing: missing ?? (device ? null : 'no such device is to be seen'),
      })),
      models: await Promise.all(
        nets.map(async (net) => ({ model: net.report().model, prospects: await net.outlook() })),
      ),
    };
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
      const nets = [...netsOf(representations)];
      const atOnce = Math.max(1, ...(await Promise.all(nets.map((net) => net.batch()))));
      let waiting: PreparedWindow[] = [];
      const compute = async () => {
        if (waiting.length > 1) await prepareTogether(representations, waiting);
        for (const window of waiting) {
          for (const representation of representations) {
            if (window.length >= representation.minimumSeconds) await window.vector(representation);
          }
          for (const predictor of predictors) {
            if (window.length >= predictor.minimumSeconds) await predictor.prepare?.(window);
          }
          if (releasable) window.release();
        }
        waiting = [];
      };
      for (const { start, length, pcm } of file.windows(request.windows, [...rates])) {
        heard.push({ start, length });
        if ([...pcm.values()].every(isSilent)) continue;
        const window = new PreparedWindow(start, length, pcm, ids);
        windows.push(window);
        waiting.push(window);
        if (waiting.length >= atOnce) await compute();
      }
      await compute();
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

  /** @throws CratewiseError `unknown-id` where no representation comes with this model */
  async check(model: string): Promise<ModelCheck> {
    const all = [...this.#representations.values()];
    const named = all.filter(({ id }) => id === model);
    const representations = named.length > 0 ? named : all.filter(({ id }) => id.startsWith(`${model}:`));
    if (representations.length === 0)
      throw new CratewiseError('unknown-id', `There is no installed model called ${model}.`);
    const [net] = netsOf(representations);
    // Opens what has to be opened, so that it does not count as time.
    await net?.batch();
    const rates = new Set(representations.map(({ sampleRate }) => sampleRate));
    const pcm = new Map([...rates].map((rate) => [rate, synthesisedClip(rate, CHECK_SECONDS)]));
    const window = new PreparedWindow(0, CHECK_SECONDS, pcm, new Set(representations.map(({ id }) => id)));
    const answers: ModelCheck['answers'][number][] = [];
    const began = performance.now();
    for (const representation of representations) {
      const vector = await window.vector(representation);
      const { id, origin } = representation;
      answers.push({ representation: id, vector, ...(origin ? { origin } : {}) });
    }
    const seconds = (performance.now() - began) / 1000;
    return { answers, seconds, ...(net ? { device: net.report() } : {}) };
  }
}

/** Length of the clip of the known-answer test. */
const CHECK_SECONDS = 10;

function netsOf(representations: Iterable<Representation>): Set<LargeNet> {
  const nets = new Set<LargeNet>();
  for (const { net } of representations) if (net) nets.add(net);
  return nets;
}

/** Gives the large nets several windows at once. */
async function prepareTogether(
  representations: readonly Representation[],
  windows: readonly PreparedWindow[],
): Promise<void> {
  for (const net of netsOf(representations)) {
    const shortest = Math.min(...representations.filter((r) => r.net === net).map((r) => r.minimumSeconds));
    const long = windows.filter(({ length }) => length >= shortest);
    if (long.length > 0) await net.prepare(long);
  }
}

const BUILT_IN_IDS = new Set([...builtinRepresentations.map(({ id }) => id), BUILTIN_KEY]);

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
    if (count === 0) continue;
    const { origin } = representation;
    const vector = Float32Array.from(sum, (x) => x / count);
    embeddings.push({ representation: id, version, vector, ...(origin ? { origin } : {}) });
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
