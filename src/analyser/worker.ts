import { fileURLToPath } from 'node:url';
import type { AnalyserCalls } from '../shared/analysis.ts';
import { serveCalls } from '../shared/worker/serve.ts';
import { Analyser } from './analyser.ts';
import { findInstalled } from './installed.ts';
import { loadPredictors } from './predictors/index.ts';
import { loadRepresentations } from './representations/index.ts';

/**
 * The analyser process. Its arguments: the folder of the weights that we ship (else the one beside `src`), the folder
 * of installed models, the folder of the user's own probes, that of what this library taught us, and how many threads
 * a large model may use.
 */
const [, , shipped, installedFolder, probesFolder, learntFolder, threads] = process.argv;
const modelsFolder = shipped ?? fileURLToPath(new URL('../../models', import.meta.url));

let analyser: Promise<Analyser> | undefined;

/** Loaded at the first call: an error in a model reaches whoever asked, not the process's grave. */
function loaded(): Promise<Analyser> {
  analyser ??= load();
  return analyser;
}

async function load(): Promise<Analyser> {
  const representations = await loadRepresentations({
    installed: await findInstalled(installedFolder),
    threads: Math.max(1, Number(threads) || 1),
  });
  const ownProbes = [learntFolder, probesFolder].filter((folder) => folder !== undefined);
  const { predictors, problems } = await loadPredictors({ modelsFolder, ownProbes, representations });
  return new Analyser(representations, predictors, problems);
}

serveCalls<AnalyserCalls>({
  describe: async () => (await loaded()).describe(),
  analyse: async (request) => (await loaded()).analyse(request),
});
