import { InferenceSession } from 'onnxruntime-node';
import type { Provider } from '../../shared/device.ts';
import { CratewiseError } from '../../shared/errors.ts';

/** A model file that ONNX Runtime does not accept. */
export class ModelLoadError extends CratewiseError {
  override readonly name = 'ModelLoadError';

  constructor(message: string, options?: ErrorOptions) {
    super('model-damaged', message, options);
  }
}

/**
 * How a small net runs: on the CPU, on one thread, since several analyser processes share the cores; without an arena,
 * since it traps in Electron (electron#44291).
 */
export const SMALL_NET: InferenceSession.SessionOptions = {
  executionProviders: ['cpu'],
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  enableCpuMemArena: false,
  logSeverityLevel: 3,
};

/**
 * Opens a net as a small one. One session of a kind per process: creating and releasing them in a loop leaks
 * (onnxruntime#25325).
 * @param file absolute path of the model
 * @throws ModelLoadError where ONNX Runtime does not accept it
 */
export async function openSession(
  file: string,
  options: InferenceSession.SessionOptions = {},
): Promise<InferenceSession> {
  try {
    return await InferenceSession.create(file, { ...SMALL_NET, ...options });
  } catch (cause) {
    throw new ModelLoadError(`The model ${file} can't be loaded: ${String(cause)}. Install it again.`, {
      cause,
    });
  }
}

/** Opens a large net. @param config entries of ONNX Runtime's session configuration, by their full name */
export type SessionOpener = (
  file: string,
  provider: Provider,
  config: Readonly<Record<string, string>>,
) => Promise<InferenceSession>;

/**
 * Whether ONNX Runtime may keep its memory between runs: fresh pages for every large product cost a large net up to a
 * fifth of its time. Not within Electron, whose allocator traps it (electron#44291).
 */
const KEEP_MEMORY = !('electron' in process.versions);

/**
 * Opens large nets, with several threads on the processor.
 * @param threads on the processor; other providers need one that feeds them
 */
export function largeNetOpener(threads: number): SessionOpener {
  return (file, provider, config) => {
    // Threads that wait by spinning are a third more processor time, and the slower the busier the machine is.
    const extra = { session: { 'intra_op.allow_spinning': '0', ...config } };
    if (provider === 'cpu') {
      return openSession(file, {
        intraOpNumThreads: threads,
        enableCpuMemArena: KEEP_MEMORY,
        // A plan for each length of input is one more block as large as all that the first run took.
        enableMemPattern: false,
        extra,
      });
    }
    return InferenceSession.create(file, {
      // What a provider can't do goes to the processor.
      executionProviders: [provider, 'cpu'],
      enableCpuMemArena: false,
      // DirectML wants both so: https://onnxruntime.ai/docs/execution-providers/DirectML-ExecutionProvider.html
      enableMemPattern: provider !== 'dml',
      executionMode: 'sequential',
      logSeverityLevel: 3,
      extra,
    });
  };
}
