import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { nodeHost } from '../../src/main/host/node-host.ts';
import { modelsFolder, packageRoot } from '../../src/main/host/places.ts';
import { WorkerPool } from '../../src/main/host/worker-pool.ts';
import { uniteChoiBatches } from '../../src/main/lab/choi-batches.ts';
import { readPublishedChoi } from '../../src/main/lab/gtzan.ts';
import type { AnalyserCalls } from '../../src/shared/analysis.ts';
import { run } from './support/cratewise.ts';

const shared = join(packageRoot, '..', 'shared');
const clips = join(shared, 'data/gtzan-full');
const source = join(shared, 'models');

describe.skipIf(!existsSync(clips) || !existsSync(join(source, 'choi')))(
  'the convnet of Choi et al. from its authors’ file (needs ../shared)',
  async () => {
    const data = await mkdtemp(join(tmpdir(), 'cratewise-choi-'));
    afterAll(() => rm(data, { recursive: true, force: true }));

    it('is installed by the command line and hears what was published of the same clips', async () => {
      const installed = await run(['models', 'install', 'choi', '--source', source, '--json'], {
        XDG_DATA_HOME: data,
      });
      expect(installed.stderr).not.toContain('✗');
      expect(installed.code).toBe(0);
      const published = readPublishedChoi(shared);
      const { data: expected } = uniteChoiBatches(published.vectors);
      const pool = new WorkerPool<AnalyserCalls>(nodeHost, {
        module: 'analyser/worker',
        args: [modelsFolder, join(data, 'cratewise/models')],
        size: 1,
      });
      try {
        for (const name of readdirSync(clips).filter((file) => file.endsWith('.flac'))) {
          const { embeddings } = await pool.call('analyse', {
            path: join(clips, name),
            representations: ['choi'],
            predictors: [],
            windows: { count: 3, seconds: 30 },
          });
          const [embedding] = embeddings;
          expect(embedding).toMatchObject({ representation: 'choi', version: '1' });
          const row = published.clips.indexOf(name.replace('.flac', ''));
          // What was published depends on the clip's batch; lines through other music take most of that away.
          expect(cosine(embedding!.vector, expected.subarray(160 * row, 160 * (row + 1)))).toBeGreaterThan(
            0.99,
          );
        }
      } finally {
        pool.close();
      }
    }, 120_000);
  },
);

function cosine(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    ab += a[i]! * b[i]!;
    aa += a[i]! ** 2;
    bb += b[i]! ** 2;
  }
  return ab / Math.sqrt(aa * bb);
}
