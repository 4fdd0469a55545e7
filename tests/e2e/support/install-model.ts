import { nodeHost } from '../../../src/main/host/node-host.ts';
import { ModelManager } from '../../../src/main/models/manager.ts';

/*
 * Installs one model in small chunks, for tests that kill it: <shipped folder> <models folder> <id> <source>.
 * Prints the phases it comes to.
 */
const [, , shipped = '', models = '', id = '', source = ''] = process.argv;
const manager = new ModelManager({
  host: nodeHost,
  shipped,
  models,
  chunkBytes: 4096,
  retry: { attempts: 5, firstPauseMs: 20, maxPauseMs: 100 },
});
let phase = '';
await manager.install(id, {
  acceptLicence: true,
  source,
  onProgress: (progress) => {
    if (progress.phase !== phase) process.stdout.write(`${progress.phase}\n`);
    phase = progress.phase;
  },
});
