import { nodeHost } from '../../../src/main/host/node-host.ts';
import type { ProcessHost, WorkerHandle, WorkerModule } from '../../../src/main/host/process-host.ts';
import type { AnalyserDescription, AnalysisRequest } from '../../../src/shared/analysis.ts';
import type { DeviceOverview } from '../../../src/shared/device.ts';
import type { WorkerMessage } from '../../../src/shared/worker/protocol.ts';
import { analysis, KEY } from '../catalogue/support.ts';
import { inProcessHost } from '../scan/in-process-host.ts';

/** A track that an analyser has in hand. */
export interface InHand {
  readonly path: string;
  /** A minor. */
  hear(): void;
  fail(code: string): void;
  /** The process dies over it. */
  die(): void;
}

/** Analysers in this process that do what a test says, when it says so. What reads tags runs here, too. */
export class ScriptedAnalysers implements ProcessHost {
  readonly #readers = inProcessHost();
  readonly #inHand: InHand[] = [];
  readonly #waiting: ((inHand: InHand) => void)[] = [];
  /** Every track that was given to an analyser, in order. */
  readonly asked: string[] = [];
  description: AnalyserDescription = {
    predictors: [{ ...KEY, representations: [], tier: 'built-in', needs: 'built-in' }],
    representations: [],
    problems: [],
  };
  overview: DeviceOverview = { processor: 'Abacus', others: [], models: [] };
  #quick = false;

  /** The next track that an analyser is given. */
  next(): Promise<InHand> {
    const first = this.#inHand.shift();
    return first ? Promise.resolve(first) : new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Hears every track at once, from now on, and what no test has taken in hand. */
  hearAll(): void {
    this.#quick = true;
    for (const track of this.#inHand.splice(0)) track.hear();
  }

  start(module: WorkerModule, args?: readonly string[]): WorkerHandle {
    if (module === 'main/scan/worker') return this.#readers.start(module, args);
    if (module !== 'analyser/worker') return nodeHost.start(module, args);
    let tell: (message: WorkerMessage) => void = () => undefined;
    let exit: (reason: string) => void = () => undefined;
    let alive = true;
    const say = (message: WorkerMessage) => setTimeout(() => alive && tell(message), 0);
    queueMicrotask(() => tell({ ready: true }));
    return {
      pid: undefined,
      onMessage: (listener) => {
        tell = listener;
      },
      onExit: (listener) => {
        exit = listener;
      },
      kill: () => {
        alive = false;
      },
      post: ({ id, method, params }) => {
        if (method === 'describe') {
          say({ id, result: this.description });
          return;
        }
        if (method === 'devices') {
          say({ id, result: this.overview });
          return;
        }
        const [{ path }] = params as [AnalysisRequest];
        this.asked.push(path);
        const hear = () => say({ id, result: analysis({ key: ['A minor', 0.9] }) });
        if (this.#quick) hear();
        else
          this.#give({
            path,
            hear,
            fail: (code) => say({ id, error: { code, message: code } }),
            die: () => {
              alive = false;
              exit('SIGKILL');
            },
          });
      },
    };
  }

  #give(inHand: InHand): void {
    const waiting = this.#waiting.shift();
    if (waiting) waiting(inHand);
    else this.#inHand.push(inHand);
  }
}
