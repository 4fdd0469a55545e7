import { serveCalls } from '../../shared/worker/serve.ts';
import type { InstallCalls } from './install-calls.ts';
import { recipes } from './recipes/index.ts';
import { installCalls } from './serve-install.ts';

/** The install process: fetches, verifies, builds. It alone touches bytes that come from outside. */
serveCalls<InstallCalls>(installCalls(recipes));
