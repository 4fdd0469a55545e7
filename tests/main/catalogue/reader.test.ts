import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  type Catalogue,
  CatalogueReader,
  openCatalogue,
  type SearchQuery,
} from '../../../src/main/catalogue/index.ts';
import { nodeHost } from '../../../src/main/host/node-host.ts';
import type { ProcessHost, WorkerHandle } from '../../../src/main/host/process-host.ts';
import { scanned, temporaryFolder } from './support.ts';

const FILES = 130;
const GENRES = ['House', 'Jazz', 'Dub'];

/** Node's processes, and those that were started. */
function watchedHost(): ProcessHost & { readonly started: WorkerHandle[] } {
  const started: WorkerHandle[] = [];
  return {
    started,
    start(module, args) {
      const handle = nodeHost.start(module, args);
      started.push(handle);
      return handle;
    },
  };
}

/** A library on the disk, and its reader. */
function library(host: ProcessHost = nodeHost) {
  const catalogue = openCatalogue(join(temporaryFolder(), 'library.db'));
  const root = catalogue.roots.add('/music').id;
  const ids = catalogue.files.upsert(
    Array.from({ length: FILES }, (_, i) =>
      scanned(`/music/${String(i).padStart(3, '0')}.mp3`, root, {
        title: [`Piece ${i % 7} of ${i}`],
        genre: [GENRES[i % 3]!],
        bpm: [String(90 + (i % 40))],
      }),
    ),
    catalogue.files.beginScan(),
  );
  const reader = new CatalogueReader(catalogue, host);
  onTestFinished(() => {
    reader.close();
    catalogue.close();
  });
  return { catalogue, reader, ids };
}

/** Until the processes answer. What counts waits for its process; the other one starts at the same time. */
async function running(reader: CatalogueReader): Promise<void> {
  reader.start();
  await reader.count({ text: 'nothing of the kind' });
}

function retitle(catalogue: Catalogue, fileId: number, title: string): void {
  const step = catalogue.edits.begin('set', 'title');
  catalogue.edits.add(step, [{ fileId, field: 'title', values: [title] }]);
  catalogue.edits.finish(step);
}

const QUERIES: readonly SearchQuery[] = [
  {},
  { text: 'piece' },
  { text: 'pi' },
  { text: 'piece 3' },
  { genres: ['jazz'] },
  { genres: ['dub'], bpm: { min: 100, max: 120 } },
  { missing: ['key'] },
  { text: 'nothing' },
];
const page = { offset: 0, limit: 20, sort: 'title', descending: true } as const;

describe('a reader in processes of its own', () => {
  it('answers as the library does, page by page from both ends', async () => {
    const { catalogue, reader } = library();
    await running(reader);
    for (const query of QUERIES) {
      const all = catalogue.search(query, { ...page, limit: 1000 }).rows;
      expect(await reader.count(query)).toBe(all.length);
      expect(await reader.keyCounts(query)).toEqual(catalogue.keyCounts(query));
      expect([...(await reader.ids(query))].sort()).toEqual([...catalogue.ids(query)].sort());
      for (let offset = 0; offset <= all.length; offset += page.limit) {
        const found = await reader.page(query, { ...page, offset });
        expect(found.rows).toEqual(all.slice(offset, offset + page.limit));
        expect(found.total).toBe(all.length);
        expect(await reader.pageIds(query, { ...page, offset })).toEqual(found.rows.map(({ id }) => id));
      }
    }
    expect(await reader.genres()).toEqual(catalogue.predictions.genres());
    expect((await reader.overview('analyse')).files).toEqual(catalogue.files.counts());
  });

  it('gives the first rows without counting, and says how many there are where it can see the end', async () => {
    const { reader } = library();
    await running(reader);
    expect((await reader.page({ text: 'piece' }, page)).total).toBeNull();
    expect((await reader.page({ text: 'piece 129' }, page)).total).toBe(1);
    expect((await reader.page({ text: 'nothing' }, page)).total).toBe(0);
    expect((await reader.page({}, { ...page, offset: 120 })).total).toBe(FILES);
    expect(await reader.count({ text: 'piece' })).toBe(FILES);
    expect((await reader.page({ text: 'piece' }, page)).total).toBe(FILES);
  });

  it('sees an edit as soon as it is made, and forgets what was counted before', async () => {
    const { catalogue, reader, ids } = library();
    await running(reader);
    for (let i = 0; i < 20; i++) {
      retitle(catalogue, ids[i]!, `Zebra ${i}`);
      const { rows } = await reader.page({}, { ...page, limit: 100 });
      expect(rows.filter(({ title }) => title?.startsWith('Zebra'))).toHaveLength(i + 1);
      expect(await reader.count({ terms: [{ kind: 'is', state: 'edited' }] })).toBe(i + 1);
    }
    catalogue.files.markMissing(ids.slice(0, 30));
    expect(await reader.count({})).toBe(FILES - 30);
    expect((await reader.page({}, { ...page, offset: 80 })).total).toBe(FILES - 30);
  });

  it('keeps no number that changes with time alone', async () => {
    const { reader } = library();
    await running(reader);
    const recent: SearchQuery = { terms: [{ kind: 'range', of: 'added', max: 7 }] };
    expect(await reader.count(recent)).toBe(FILES);
    expect((await reader.page(recent, page)).total).toBeNull();
  });

  it('goes on answering when its processes are killed, and starts new ones', async () => {
    const host = watchedHost();
    const { catalogue, reader, ids } = library(host);
    await running(reader);
    expect(host.started).toHaveLength(2);
    const asked = QUERIES.map((query) => reader.count(query));
    for (const process of host.started) process.kill();
    expect(await Promise.all(asked)).toEqual(QUERIES.map((query) => catalogue.count(query)));
    expect((await reader.page({}, page)).rows).toEqual(catalogue.search({}, page).rows);
    await running(reader);
    expect(host.started.length).toBeGreaterThan(2);
    retitle(catalogue, ids[0]!, 'After the fall');
    expect(await reader.count({ terms: [{ kind: 'is', state: 'edited' }] })).toBe(1);
  });

  it('drops what is called off while it waits', async () => {
    const { reader } = library();
    await running(reader);
    const ending = new AbortController();
    const first = reader.count({ text: 'piece' });
    const dropped = reader.count({ text: 'pie' }, ending.signal);
    ending.abort();
    await expect(dropped).rejects.toMatchObject({ code: 'closed' });
    expect(await first).toBe(FILES);
  });
});

describe('a reader without processes', () => {
  it('answers for a library in memory', async () => {
    const catalogue = openCatalogue(':memory:');
    const host = watchedHost();
    const reader = new CatalogueReader(catalogue, host);
    onTestFinished(() => {
      reader.close();
      catalogue.close();
    });
    const root = catalogue.roots.add('/music').id;
    catalogue.files.upsert([scanned('/music/a.mp3', root, { title: ['A'] })], 1);
    reader.start();
    expect(await reader.page({}, page)).toMatchObject({ total: 1 });
    expect(host.started).toHaveLength(0);
  });

  it('answers where none can be started', async () => {
    const broken: ProcessHost = {
      start: () => {
        let exit: (reason: string) => void = () => undefined;
        queueMicrotask(() => exit('no such program'));
        return {
          pid: undefined,
          post: () => {},
          onMessage: () => {},
          onExit: (told) => (exit = told),
          kill: () => {},
        };
      },
    };
    const { reader } = library(broken);
    expect(await reader.count({ text: 'piece' })).toBe(FILES);
    expect((await reader.page({}, page)).rows).toHaveLength(20);
  });
});
