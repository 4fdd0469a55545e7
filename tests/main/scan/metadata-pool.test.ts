import { writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { ProcessHost } from '../../../src/main/host/process-host.ts';
import { MetadataPool } from '../../../src/main/scan/metadata-pool.ts';
import { scratch, wave } from './fixtures.ts';
import { inProcessHost } from './in-process-host.ts';

let pool: MetadataPool | undefined;
afterEach(() => pool?.close());

const folderOf = (...names: string[]): string[] => {
  const folder = scratch();
  return names.map((name, i) => {
    const path = join(folder, name);
    writeFileSync(path, wave(i));
    return path;
  });
};

describe('MetadataPool', () => {
  it('answers in order, one result a path', async () => {
    const paths = folderOf('c.wav', 'a.wav', 'b.wav');
    pool = new MetadataPool(inProcessHost(), 2);
    const results = await pool.read([...paths, '/nowhere.wav']);
    expect(results.map(({ path }) => basename(path))).toEqual(['c.wav', 'a.wav', 'b.wav', 'nowhere.wav']);
    expect(results.map(({ problem }) => problem?.code)).toEqual([undefined, undefined, undefined, 'ENOENT']);
  });

  it('finds the file that hangs, and reads the others', async () => {
    const paths = folderOf('a.wav', 'hanger.wav', 'b.wav');
    pool = new MetadataPool(inProcessHost(), 1, { batchMs: 50, fileMs: 50 });
    const results = await pool.read(paths);
    expect(results.map(({ problem }) => problem?.code)).toEqual([undefined, 'worker-timeout', undefined]);
  });

  it('finds the file that kills, and gives it a second chance', async () => {
    const host = inProcessHost();
    pool = new MetadataPool(host, 1);
    const results = await pool.read(folderOf('a.wav', 'killer.wav'));
    expect(results.map(({ problem }) => problem?.code)).toEqual([undefined, 'worker-died']);
    // The batch's process, one for each reading alone that died, and one that served between.
    expect(host.started).toBeGreaterThanOrEqual(3);
  });

  it('does not blame files when no reader can be started', async () => {
    const broken: ProcessHost = {
      start: () => ({
        pid: undefined,
        post: () => undefined,
        onMessage: () => undefined,
        onExit: (listener) => void setTimeout(() => listener('exit code 1'), 1),
        kill: () => undefined,
      }),
    };
    pool = new MetadataPool(broken, 1);
    await expect(pool.read(folderOf('a.wav'))).rejects.toMatchObject({ code: 'worker-died' });
  });

  it('fails what is under way when it is closed', async () => {
    pool = new MetadataPool(inProcessHost(), 1);
    const reading = pool.read(folderOf('hanger.wav'));
    pool.close();
    await expect(reading).rejects.toMatchObject({ code: 'closed' });
  });
});
