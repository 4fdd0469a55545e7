import { fileURLToPath } from 'node:url';
import type { AnalyserCalls } from '../shared/analysis.ts';
import { serveCalls } from '../shared/worker/serve.ts';
import { Analyser } from './analyser.ts';
import { findInstalled } from './installed.ts';
import { loadPredictors } from './predictors/index.ts';
import { loadRepresentations } from './representations/index.ts';

/**
 * The analyser process. Its first argument, if any, is the folder of the weights that we ship; else it is the one
 * beside `src`. Its second is the folder of installed models, its third that of the user's own probes.
 */
const modelsFolder = process.argv[2] ?? fileURLToPath(new URL('../../models', import.meta.url));

let analyser: Promise<Analyser> | undefined;

/** Loaded at the first call: an error in a model reaches whoever asked, not the process's grave. */
function loaded(): Promise<Analyser> {
  analyser ??= load();
  return analyser;
}

async function load(): Promise<Analyser> {
  const representations = await loadRepresentations({ installed: await findInstalled(process.argv[3]) });
  return new Analyser(representations, await loadPredictors({ modelsFolder, representations }));
}

serveCalls<AnalyserCalls>({
  describe: async () => (await loaded()).describe(),
  analyse: async (request) => (await loaded()).analyse(request),
});
