import { serveCalls } from '../../shared/worker/serve.ts';
import { answers, type LabCalls } from './answers.ts';

/** Entry of the lab's process: training and the reading of feature files happen here, never in the main process. */
serveCalls<LabCalls>(answers);
