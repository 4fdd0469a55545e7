import { loadBuiltinKey } from '../key/predictor.ts';
import { loadBuiltinGenre } from './builtin-genre.ts';
import type { Predictor, PredictorContext } from './predictor.ts';

/** Makes a predictor, or nothing where the weights that it needs are not installed. */
export type PredictorFactory = (context: PredictorContext) => Promise<Predictor | undefined>;

/** Every predictor that this build knows. */
const factories: readonly PredictorFactory[] = [loadBuiltinGenre, loadBuiltinKey];

/** The predictors whose weights are there. */
export async function loadPredictors(context: PredictorContext): Promise<Predictor[]> {
  const predictors = await Promise.all(factories.map((make) => make(context)));
  return predictors.filter((predictor) => predictor !== undefined);
}
