import { Analyser } from '../../../src/analyser/analyser.ts';
import { loadProbes } from '../../../src/analyser/predictors/probe-files.ts';
import { builtinRepresentations } from '../../../src/analyser/representations/index.ts';
import type { ProcessHost } from '../../../src/main/host/process-host.ts';
import { learnCalls } from '../../../src/main/learn/calls.ts';
import { similarCalls } from '../../../src/main/similar/calls.ts';
import { toErrorShape } from '../../../src/shared/errors.ts';
import type { WorkerMessage } from '../../../src/shared/worker/protocol.ts';

/** The learning process and an analyser with what is built in and learnt, in this process: for speed. */
export const inProcessHost: ProcessHost = {
  start(module, args = []) {
    let tell: (message: WorkerMessage) => void = () => undefined;
    let alive = true;
    queueMicrotask(() => tell({ ready: true }));
    const describe = async () => {
      const probes = await loadProbes([{ path: args[3]!, own: true }], builtinRepresentations);
      return new Analyser(builtinRepresentations, probes.predictors, probes.problems).describe();
    };
    const calls: Record<string, (...params: never[]) => Promise<unknown>> =
      module === 'analyser/worker' ? { describe } : { ...learnCalls, ...similarCalls };
    return {
      pid: undefined,
      onMessage: (listener) => {
        tell = listener;
      },
      onExit: () => undefined,
      kill: () => {
        alive = false;
      },
      post: ({ id, method, params }) => {
        const context = {
          progress: (progress: unknown) => alive && tell({ id, progress }),
          signal: new AbortController().signal,
        };
        calls[method]!(...(params as never[]), context as never).then(
          (result) => alive && tell({ id, result }),
          (error: unknown) => alive && tell({ id, error: toErrorShape(error) }),
        );
      },
    };
  },
};
