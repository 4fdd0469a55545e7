import { serveCalls } from '../../shared/worker/serve.ts';
import { answers, type TaggingCalls } from './answers.ts';

/** Entry of the tagging process. */
serveCalls<TaggingCalls>(answers);
