import { constants, setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { AnalyserCalls, ProbeProblem } from '../shared/analysis.ts';
import { deviceSettingsSchema } from '../shared/device.ts';
import { serveCalls } from '../shared/worker/serve.ts';
import { Analyser } from './analyser.ts';
import { findInstalled } from './installed.ts';
import { loadBuiltinKeyRepresentation } from './key/builtin-representation.ts';
import { loadPredictors } from './predictors/index.ts';
import { loadRepresentations } from './representations/index.ts';

/**
 * The analyser process. Its arguments: the folder of the weights that we ship (else the one beside `src`), the folder
 * of installed models, the folder of the user's own probes, that of what this library taught us, how many threads a
 * large model may use, and where large models are to run (`DeviceSettings` as JSON).
 */
const [, , shipped, installedFolder, probesFolder, learntFolder, threads, devices] = process.argv;
const modelsFolder = shipped ?? fileURLToPath(new URL('../../models', import.meta.url));

// A large model takes every core for seconds at a time: what the user does meanwhile comes first.
if (Number(threads) > 1) setPriority(constants.priority.PRIORITY_BELOW_NORMAL);

let analyser: Promise<Analyser> | undefined;

/** Loaded at the first call: an error in a model reaches whoever asked, not the process's grave. */
function loaded(): Promise<Analyser> {
  analyser ??= load();
  return analyser;
}

async function load(): Promise<Analyser> {
  const modelProblems: ProbeProblem[] = [];
  const installed = await loadRepresentations({
    installed: await findInstalled(installedFolder),
    threads: Math.max(1, Number(threads) || 1),
    devices: devices ? deviceSettingsSchema.parse(JSON.parse(devices)) : undefined,
    problems: modelProblems,
  });
  // A damaged one is told of by its predictor.
  const keys = await loadBuiltinKeyRepresentation(modelsFolder).catch(() => []);
  const representations = [...installed, ...keys];
  const ownProbes = [learntFolder, probesFolder].filter((folder) => folder !== undefined);
  const { predictors, problems } = await loadPredictors({ modelsFolder, ownProbes, representations });
  return new Analyser(representations, predictors, [...modelProblems, ...problems]);
}

serveCalls<AnalyserCalls>({
  describe: async () => (await loaded()).describe(),
  devices: async () => (await loaded()).devices(),
  analyse: async (request) => (await loaded()).analyse(request),
  check: async (model) => (await loaded()).check(model),
});
