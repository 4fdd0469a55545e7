import { serveCalls } from '../../shared/worker/serve.ts';
import { type MapCalls, mapCalls } from './calls.ts';

/** Entry of the map process: laying out a library takes a core for a while, and must not hold up the main process. */
serveCalls<MapCalls>(mapCalls);
