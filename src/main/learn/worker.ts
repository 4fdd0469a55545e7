import { serveCalls } from '../../shared/worker/serve.ts';
import { type LearnCalls, learnCalls } from './calls.ts';

/** Entry of the learning process: probe files are parsed and probes trained here, never in the main process. */
serveCalls<LearnCalls>(learnCalls);
