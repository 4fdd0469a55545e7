import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { nodeHost } from '../src/main/host/node-host.ts';
import { modelsFolder } from '../src/main/host/places.ts';
import { WorkerPool } from '../src/main/host/worker-pool.ts';
import { knownAnswerOf } from '../src/main/models/known-answer.ts';
import { ModelManager } from '../src/main/models/manager.ts';
import type { AnalyserCalls } from '../src/shared/analysis.ts';

/*
 * Writes `models/known-answers/<id>.json`: what a model, freshly installed from pinned and verified files, says to our
 * clip. Run it after a front end, a recipe or a manifest was changed on purpose, once the net was compared with its
 * authors' code; never to make a failing installation pass.
 *
 *   node scripts/known-answers.ts choi skey keynet --source ../shared/models
 */
const { values, positionals } = parseArgs({
  options: { source: { type: 'string' } },
  allowPositionals: true,
});
const folder = await mkdtemp(join(tmpdir(), 'cratewise-known-'));
try {
  // The old answers must not judge the new ones: a folder of manifests without them.
  const shipped = join(folder, 'shipped');
  await mkdir(join(shipped, 'manifests'), { recursive: true });
  const manifests = await new ModelManager({
    host: nodeHost,
    shipped: modelsFolder,
    models: folder,
  }).manifests();
  for (const manifest of manifests) {
    await writeFile(join(shipped, 'manifests', `${manifest.id}.json`), JSON.stringify(manifest));
  }
  const models = join(folder, 'models');
  const manager = new ModelManager({ host: nodeHost, shipped, models });
  for (const id of positionals) {
    const { source } = values;
    await manager.install(id, { acceptLicence: true, ...(source === undefined ? {} : { source }) });
    const none = join(folder, 'none');
    const pool = new WorkerPool<AnalyserCalls>(nodeHost, {
      module: 'analyser/worker',
      args: [modelsFolder, models, none, none],
      size: 1,
    });
    try {
      const version = manifests.find((manifest) => manifest.id === id)?.version ?? '';
      const known = knownAnswerOf(id, version, await pool.call('check', id));
      const file = join(modelsFolder, 'known-answers', `${id}.json`);
      await mkdir(join(modelsFolder, 'known-answers'), { recursive: true });
      await writeFile(file, `${JSON.stringify(known, null, 1)}\n`);
      console.log(`${file}: ${Object.keys(known.answers).join(', ')}`);
    } finally {
      pool.close();
    }
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
