import type { ProbeProblem } from '../../shared/analysis.ts';
import { toErrorShape } from '../../shared/errors.ts';
import { loadBuiltinKey } from '../key/predictor.ts';
import { loadStandardKey } from '../key/standard.ts';
import type { Predictor, PredictorContext } from './predictor.ts';
import { loadProbes } from './probe-files.ts';

/** Makes a predictor that is more than a probe file, or nothing where the weights that it needs are not installed. */
export type PredictorFactory = (context: PredictorContext) => Promise<Predictor | undefined>;

/** Every predictor that this build knows beside the probe files. */
const factories: readonly PredictorFactory[] = [loadBuiltinKey, loadStandardKey];

/** The predictors whose weights and representations are there, and the probe files that could not be used. */
export async function loadPredictors(
  context: PredictorContext,
): Promise<{ predictors: Predictor[]; problems: readonly ProbeProblem[] }> {
  const made = await Promise.allSettled(factories.map((make) => make(context)));
  const probes = await loadProbes(
    [
      { path: context.modelsFolder, own: false },
      ...(context.ownProbes ?? []).map((path) => ({ path, own: true })),
    ],
    context.representations,
  );
  const predictors = [...probes.predictors];
  const problems = [...probes.problems];
  for (const [at, outcome] of made.entries()) {
    if (outcome.status === 'rejected') {
      const { message } = toErrorShape(outcome.reason);
      problems.push({ file: factories[at]!.name, code: 'bad-probe', message });
    } else if (outcome.value) predictors.push(outcome.value);
  }
  return { predictors, problems };
}
