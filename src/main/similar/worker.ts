import { serveCalls } from '../../shared/worker/serve.ts';
import { type SimilarCalls, similarCalls } from './calls.ts';

/** Entry of the similarity process: going through every vector of a library must not hold up the main process. */
serveCalls<SimilarCalls>(similarCalls);
