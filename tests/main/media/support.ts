import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import { openCatalogue, type ScannedFile } from '../../../src/main/catalogue/index.ts';
import { nodeHost } from '../../../src/main/host/node-host.ts';
import type { ProcessHost } from '../../../src/main/host/process-host.ts';
import type { MediaAnswer } from '../../../src/main/media/answer.ts';
import { Media } from '../../../src/main/media/media.ts';
import { scanned, temporaryFolder } from '../catalogue/support.ts';

/** Nothing is started. */
const noHost: ProcessHost = {
  start: () => {
    throw new Error('No process is needed here.');
  },
};

/** A folder of music on disk, in a catalogue, that can be listened to. The clock stands still until it is moved. */
export function listening({ processes = false as boolean | ProcessHost } = {}) {
  const folder = temporaryFolder();
  const root = join(folder, 'music');
  mkdirSync(root);
  const clock = { now: 1_000_000 };
  const catalogue = openCatalogue(':memory:', { now: () => clock.now });
  const cache = join(folder, 'cache');
  const media = new Media(catalogue, processes === true ? nodeHost : processes || noHost, {
    now: () => clock.now,
    cache,
  });
  onTestFinished(() => {
    media.close();
    catalogue.close();
  });
  const rootId = catalogue.roots.add(root).id;
  const scan = catalogue.files.beginScan();
  /** Takes a file that is there into the catalogue, as a scan would. */
  const know = (path: string, change: Partial<ScannedFile> = {}): number => {
    const { size, ino, dev, mtimeNs } = statSync(path, { bigint: true });
    const stamp = { size: Number(size), inode: String(ino), device: String(dev), mtime: String(mtimeNs) };
    return catalogue.files.upsert([scanned(path, rootId, {}, { ...stamp, ...change })], scan)[0]!;
  };
  const add = (name: string, content: string | Buffer, change: Partial<ScannedFile> = {}): number => {
    const path = join(root, name);
    writeFileSync(path, content);
    return know(path, change);
  };
  const get = (path: string, headers: { range?: string; ifRange?: string } = {}, method = 'GET') =>
    media.answer({ method, path, ...headers });
  return { folder, root, rootId, clock, catalogue, cache, media, know, add, get };
}

/** Status and text of an answer. */
export async function read(answer: MediaAnswer): Promise<[status: number, body: string]> {
  return [answer.status, answer.body ? await text(answer.body) : ''];
}
