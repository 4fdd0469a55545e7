import { fileURLToPath } from 'node:url';
import type { AnalyserCalls } from '../shared/analysis.ts';
import { serveCalls } from '../shared/worker/serve.ts';
import { Analyser } from './analyser.ts';
import { loadPredictors } from './predictors/index.ts';
import { representations } from './representations/index.ts';

/**
 * The analyser process. Its first argument, if any, is the folder of trained weights; else it is the one
 * beside `src`.
 */
const modelsFolder = process.argv[2] ?? fileURLToPath(new URL('../../models', import.meta.url));

let analyser: Promise<Analyser> | undefined;

/** Loaded at the first call: an error in a model reaches whoever asked, not the process's grave. */
function loaded(): Promise<Analyser> {
  analyser ??= loadPredictors({ modelsFolder }).then(
    (predictors) => new Analyser(representations, predictors),
  );
  return analyser;
}

serveCalls<AnalyserCalls>({
  describe: async () => (await loaded()).describe(),
  analyse: async (request) => (await loaded()).analyse(request),
});
