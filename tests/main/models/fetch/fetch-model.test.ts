import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { appendFile, link, mkdir, mkdtemp, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { BadWeightsError } from '../../../../src/main/models/bad-weights.ts';
import { ModelError } from '../../../../src/main/models/errors.ts';
import { type FetchOptions, fetchModel } from '../../../../src/main/models/fetch/fetch-model.ts';
import { HttpSource } from '../../../../src/main/models/fetch/http-source.ts';
import { FetchReporter } from '../../../../src/main/models/fetch/reporter.ts';
import { sourceOf } from '../../../../src/main/models/fetch/sources.ts';
import { SafetensorsFile } from '../../../../src/main/models/readers/safetensors-file.ts';
import type { Recipe } from '../../../../src/main/models/recipe.ts';
import type { InstallProgress } from '../../../../src/shared/model-install.ts';
import type { ManifestFile, ModelManifest } from '../../../../src/shared/model-manifest.ts';
import { ModelServer } from '../model-server.ts';
import { type SampleTensor, safetensors } from '../safetensors-sample.ts';

const CHUNK = 4096;

/** Bytes that look like nothing, the same every time. */
function noise(seed: string, length: number): Buffer {
  const blocks: Buffer[] = [];
  for (let i = 0; i * 32 < length; i++) blocks.push(createHash('sha256').update(`${seed} ${i}`).digest());
  return Buffer.concat(blocks).subarray(0, length);
}

const tensorOf = (name: string, floats: number): SampleTensor => ({
  name,
  dtype: 'F32',
  shape: [floats],
  bytes: noise(name, 4 * floats),
});

/** Wanted ones between unwanted ones, with gaps that are worth a jump (400 kB) and gaps that are not. */
const TENSORS = [
  tensorOf('drop.0', 50),
  tensorOf('keep.0', 5000),
  tensorOf('keep.1', 1),
  tensorOf('drop.1', 100_000),
  tensorOf('keep.2', 20_000),
  tensorOf('drop.2', 1000),
  tensorOf('keep.3', 3000),
  tensorOf('drop.3', 200_000),
];
const KEPT = TENSORS.filter(({ name }) => name.startsWith('keep'));
const CHECKPOINT = safetensors(TENSORS);
const WHOLE = noise('whole', 100_000);

const recipe: Recipe = {
  id: 'tiny',
  tensors: (available) => [...available.keys()].filter((name) => name.startsWith('keep')),
  build: () => Promise.reject(new Error('not built here')),
};

function manifestOf(files: readonly ManifestFile[]): ModelManifest {
  return {
    format: 'cratewise-model',
    formatVersion: 1,
    id: 'tiny',
    version: '1',
    name: 'Tiny',
    purpose: 'Tests.',
    tier: 'experimental',
    licence: { name: 'MIT', url: 'https://example.org', copyright: 'nobody', mustAccept: false },
    source: { host: 'huggingface', repository: 'no/body', revision: '0'.repeat(40) },
    files: [...files],
    recipe: 'tiny',
    downloadBytes: 400_000,
    installedBytes: 400_000,
  };
}

const PARTIAL: ManifestFile = { path: 'model.safetensors', size: null, partial: 'safetensors' };
const PINNED: ManifestFile = {
  path: 'sub/whole.bin',
  size: WHOLE.length,
  sha256: createHash('sha256').update(WHOLE).digest('hex'),
};

describe('fetching a model', () => {
  let server: ModelServer;
  let folder: string;
  let progress: InstallProgress[];
  beforeAll(async () => {
    server = await ModelServer.start();
  });
  afterAll(() => server.close());
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cratewise-fetch-'));
    progress = [];
    server.reset();
    server.files.clear();
    server.files.set('tiny/model.safetensors', CHECKPOINT);
    server.files.set('tiny/sub/whole.bin', WHOLE);
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  function fetched(
    file: ManifestFile,
    options: Partial<FetchOptions> & { place?: string } = {},
  ): Promise<void> {
    const manifest = manifestOf([file]);
    const { place = server.url, ...rest } = options;
    return fetchModel({
      manifest,
      recipe,
      source: sourceOf(manifest, place, { stallMs: 1500 }),
      folder,
      retry: { attempts: 4, firstPauseMs: 5, maxPauseMs: 20 },
      wholeFile: false,
      chunkBytes: CHUNK,
      reporter: new FetchReporter(manifest.downloadBytes, 1, (p) => void progress.push(p)),
      signal: new AbortController().signal,
      ...rest,
    });
  }

  async function expectWhole(): Promise<void> {
    expect((await readFile(join(folder, 'sub/whole.bin'))).equals(WHOLE)).toBe(true);
  }

  async function expectPartial(): Promise<void> {
    const file = await SafetensorsFile.open(join(folder, 'model.safetensors'));
    try {
      expect([...file.header.tensors.keys()].sort()).toEqual(KEPT.map(({ name }) => name).sort());
      for (const { name, bytes } of KEPT) {
        expect(Buffer.from(await file.bytes(file.tensor(name))).equals(bytes), name).toBe(true);
      }
      expect(file.header.dataStart % 64).toBe(0);
    } finally {
      await file.close();
    }
  }

  /** Ends a fetch once so many bytes were sent. */
  async function interrupted(file: ManifestFile, afterBytes: number): Promise<void> {
    const controller = new AbortController();
    const watch = setInterval(() => server.sent >= afterBytes && controller.abort(), 1);
    await expect(fetched(file, { signal: controller.signal })).rejects.toMatchObject({ code: 'closed' });
    clearInterval(watch);
  }

  describe('of a whole file', () => {
    it('gives its bytes, once, with progress', async () => {
      await fetched(PINNED);
      await expectWhole();
      expect(server.sent).toBe(WHOLE.length);
      expect(progress.at(-1)).toMatchObject({ phase: 'fetching', done: WHOLE.length, total: WHOLE.length });
      expect(progress.at(-1)?.bytesPerSecond).toBeGreaterThan(0);
      const done = progress.map((p) => p.done);
      expect(done).toEqual(done.toSorted((a, b) => a - b));
    });

    it('asks for nothing when it is there', async () => {
      await fetched(PINNED);
      server.reset();
      await fetched(PINNED);
      expect(server.asked).toEqual([]);
    });

    it('goes on where a broken connection stopped', async () => {
      server.manners.cut = { after: 30_000, times: 3 };
      await fetched(PINNED);
      await expectWhole();
      expect(server.asked.map(({ from }) => from)).toEqual([0, 30_000, 60_000, 90_000]);
    });

    it('gives up on a connection that always breaks before a byte', async () => {
      server.manners.cut = { after: 0, times: 99 };
      await expect(fetched(PINNED)).rejects.toMatchObject({ code: 'source-unreachable' });
      expect(server.asked).toHaveLength(4);
    });

    it('leaves a server alone that has no strength, then asks again', async () => {
      server.manners.status = { code: 503, times: 2 };
      await fetched(PINNED);
      await expectWhole();
    });

    it('waits as long as the server wants', async () => {
      server.manners.status = { code: 429, times: 1, retryAfter: '1' };
      const began = performance.now();
      await fetched(PINNED);
      expect(performance.now() - began).toBeGreaterThan(950);
    });

    it('says that a server keeps failing', async () => {
      server.manners.status = { code: 500, times: 99 };
      await expect(fetched(PINNED)).rejects.toMatchObject({
        code: 'source-unreachable',
        message: expect.stringMatching(/500.*Install again later/),
      });
    });

    it('cuts a connection that stalls, and goes on', async () => {
      server.manners.stall = { after: 50_000, times: 1 };
      await fetched(PINNED);
      await expectWhole();
      expect(server.asked.map(({ from }) => from)).toEqual([0, 50_000]);
    });

    it('takes its time with a slow server', async () => {
      server.manners.rate = 200_000;
      await fetched(PINNED);
      await expectWhole();
    });

    it('says that a file is not there', async () => {
      server.files.delete('tiny/sub/whole.bin');
      await expect(fetched(PINNED)).rejects.toMatchObject({ code: 'source-missing' });
    });

    it.each([401, 403, 400, 301])('does not come back to a server that answers with %d', async (code) => {
      server.manners.status = { code, times: 99 };
      await expect(fetched(PINNED)).rejects.toMatchObject({ code: 'source-refused' });
    });

    it('refuses other bytes, and keeps none of them', async () => {
      server.manners.swapped = noise('other', WHOLE.length);
      await expect(fetched(PINNED)).rejects.toMatchObject({
        code: 'wrong-bytes',
        message: expect.stringContaining('SHA-256'),
      });
      expect(existsSync(join(folder, 'sub/whole.bin'))).toBe(false);
      // All of it came in one go: it would be no different the next time.
      expect(server.asked).toHaveLength(1);
    });

    it('refuses a file of another size before it is fetched', async () => {
      server.manners.rate = 200_000;
      server.files.set('tiny/sub/whole.bin', WHOLE.subarray(1));
      await expect(fetched(PINNED)).rejects.toMatchObject({ code: 'wrong-bytes' });
      expect(server.sent).toBeLessThan(WHOLE.length / 2);
    });

    it('fetches again what the disk has changed since', async () => {
      server.manners.rate = 400_000;
      await interrupted(PINNED, 40_000);
      const path = join(folder, 'sub/whole.bin');
      const bytes = await readFile(path);
      bytes[CHUNK + 5]! ^= 1;
      await writeFile(path, bytes);
      server.reset();
      await fetched(PINNED);
      await expectWhole();
      expect(server.asked[0]?.from).toBe(CHUNK);
    });

    it('checks a git blob', async () => {
      const gitBlob = createHash('sha1').update(`blob ${WHOLE.length}\0`).update(WHOLE).digest('hex');
      await fetched({ path: PINNED.path, size: null, gitBlob });
      await expectWhole();
      await rm(folder, { recursive: true });
      await expect(
        fetched({
          path: PINNED.path,
          size: null,
          gitBlob: gitBlob.replace(/^./, (c) => (c === '0' ? '1' : '0')),
        }),
      ).rejects.toMatchObject({ code: 'wrong-bytes' });
    });

    it('does without sizes', async () => {
      server.manners.noLength = true;
      await fetched({ ...PINNED, size: null });
      await expectWhole();
    });

    it('stops a file that does not end', async () => {
      server.manners.noLength = true;
      server.files.set('tiny/sub/whole.bin', Buffer.alloc(3_000_000));
      await expect(fetched({ ...PINNED, size: null })).rejects.toMatchObject({ code: 'wrong-bytes' });
      expect(existsSync(join(folder, 'sub/whole.bin'))).toBe(false);
    });

    it('goes on where it was cancelled', async () => {
      server.manners.rate = 400_000;
      await interrupted(PINNED, 50_000);
      const { size } = await stat(join(folder, 'sub/whole.bin'));
      expect(size).toBeGreaterThan(CHUNK);
      server.reset();
      await fetched(PINNED);
      await expectWhole();
      // What is proven are whole chunks.
      expect(server.asked[0]?.from).toBe(size - (size % CHUNK));
    });

    it('goes on from a server that gives no ranges', async () => {
      server.manners = { rate: 400_000, noRanges: true };
      await interrupted(PINNED, 50_000);
      server.reset({ noRanges: true });
      await fetched(PINNED);
      await expectWhole();
    });

    it('gives up on one that gives no ranges and never gets through', async () => {
      server.manners = { noRanges: true, cut: { after: 30_000, times: 999 } };
      await expect(fetched(PINNED)).rejects.toMatchObject({ code: 'source-unreachable' });
      expect(server.asked.length).toBeLessThan(20);
    });

    it('begins anew where the file at the source was changed', async () => {
      server.manners.rate = 400_000;
      const old = noise('old', WHOLE.length);
      server.files.set('tiny/sub/whole.bin', old);
      await interrupted(PINNED, 50_000);
      server.reset();
      server.files.set('tiny/sub/whole.bin', WHOLE);
      await fetched(PINNED);
      await expectWhole();
    });

    it('begins anew where only a hash could tell that it was changed', async () => {
      server.manners = { rate: 400_000, noTag: true };
      server.files.set('tiny/sub/whole.bin', noise('old', WHOLE.length));
      await interrupted(PINNED, 50_000);
      server.reset({ noTag: true });
      server.files.set('tiny/sub/whole.bin', WHOLE);
      await fetched(PINNED);
      await expectWhole();
    });

    it('goes on after a power cut that lost the end of the file or of the log', async () => {
      server.manners.rate = 400_000;
      await interrupted(PINNED, 60_000);
      const path = join(folder, 'sub/whole.bin');
      await truncate(path, 2 * CHUNK + 100);
      await appendFile(`${path}.fetch-log`, '{"sha2');
      server.reset();
      await fetched(PINNED);
      await expectWhole();
      expect(server.asked[0]?.from).toBe(2 * CHUNK);
    });

    it('never changes a file that is part of an installed model', async () => {
      await fetched(PINNED);
      const path = join(folder, 'sub/whole.bin');
      const installed = join(folder, 'installed.bin');
      await link(path, installed);
      const other = { ...PINNED, sha256: createHash('sha256').update(noise('new', 100_000)).digest('hex') };
      server.files.set('tiny/sub/whole.bin', noise('new', 100_000));
      await fetched(other);
      expect((await readFile(installed)).equals(WHOLE)).toBe(true);
      expect((await readFile(path)).equals(WHOLE)).toBe(false);
    });
  });

  describe('of some tensors', () => {
    it('gives a safetensors file with these, and fetches little more', async () => {
      await fetched(PARTIAL);
      await expectPartial();
      const wanted = KEPT.reduce((sum, { bytes }) => sum + bytes.length, 0);
      const fetchedBytes = server.asked.slice(1).reduce((sum, { from, to }) => sum + to - from, 0);
      // The small gap before keep.3 comes along, the one of 400 kB does not.
      expect(server.asked.slice(1)).toHaveLength(2);
      expect(fetchedBytes).toBe(wanted + 4000);
      const { size } = await stat(join(folder, 'model.safetensors'));
      expect(progress.at(-1)).toMatchObject({ done: size, total: size });
    });

    it('goes on where broken connections stopped', async () => {
      server.manners.cut = { after: 20_000, times: 5 };
      await fetched(PARTIAL);
      await expectPartial();
    });

    it('goes on where it was cancelled, wherever that was', async () => {
      for (const after of [50_000, 40_000, 40_000]) {
        server.reset({ rate: 500_000 });
        await interrupted(PARTIAL, after);
      }
      const before = (await stat(join(folder, 'model.safetensors'))).size;
      expect(before).toBeGreaterThan(CHUNK);
      server.reset();
      await fetched(PARTIAL);
      await expectPartial();
      expect(server.asked[1]?.from).toBeGreaterThan(CHECKPOINT.indexOf(TENSORS[1]!.bytes));
    });

    it('puts no bytes of two versions together', async () => {
      server.reset({ rate: 500_000 });
      const old = safetensors(TENSORS.map((t) => ({ ...t, bytes: noise(`old ${t.name}`, t.bytes.length) })));
      server.files.set('tiny/model.safetensors', old);
      await interrupted(PARTIAL, 90_000);
      server.reset();
      server.files.set('tiny/model.safetensors', CHECKPOINT);
      await fetched(PARTIAL);
      await expectPartial();
    });

    it('notices a change in the middle', async () => {
      const old = safetensors(TENSORS.map((t) => ({ ...t, bytes: noise(`old ${t.name}`, t.bytes.length) })));
      server.files.set('tiny/model.safetensors', old);
      let answers = 0;
      server.manners.onAsked = () => {
        if (++answers === 2) server.files.set('tiny/model.safetensors', CHECKPOINT);
      };
      await fetched(PARTIAL);
      await expectPartial();
    });

    it('says that a source that never stands still is changed', async () => {
      const other = safetensors(TENSORS.map((t) => ({ ...t, bytes: noise('other', t.bytes.length) })));
      let n = 0;
      server.manners.onAsked = () => {
        server.files.set('tiny/model.safetensors', n++ % 2 === 0 ? other : CHECKPOINT);
      };
      await expect(fetched(PARTIAL)).rejects.toMatchObject({ code: 'source-changed' });
      expect(existsSync(join(folder, 'model.safetensors'))).toBe(false);
    });

    it('puts shards together', async () => {
      server.files.delete('tiny/model.safetensors');
      server.files.set('tiny/model-00001-of-00002.safetensors', safetensors(TENSORS.slice(0, 4)));
      server.files.set('tiny/model-00002-of-00002.safetensors', safetensors(TENSORS.slice(4)));
      const map = TENSORS.map(({ name }, i) => [name, `model-0000${i < 4 ? 1 : 2}-of-00002.safetensors`]);
      const index = JSON.stringify({ weight_map: Object.fromEntries(map) });
      server.files.set('tiny/model.safetensors.index.json', Buffer.from(index));
      server.manners.cut = { after: 20_000, times: 3 };
      await fetched(PARTIAL);
      await expectPartial();
    });

    it('refuses shards that have a tensor twice', async () => {
      server.files.delete('tiny/model.safetensors');
      server.files.set('tiny/a.safetensors', safetensors(TENSORS));
      server.files.set('tiny/b.safetensors', safetensors(TENSORS.slice(1, 2)));
      const index = '{"weight_map":{"keep.0":"a.safetensors","keep.1":"b.safetensors"}}';
      server.files.set('tiny/model.safetensors.index.json', Buffer.from(index));
      await expect(fetched(PARTIAL)).rejects.toThrow(/once more/);
    });

    it('says what is missing where there is neither file nor index', async () => {
      server.files.delete('tiny/model.safetensors');
      await expect(fetched(PARTIAL)).rejects.toMatchObject({ code: 'source-missing' });
    });

    it('refuses a server that gives no ranges, and says how much it would be', async () => {
      server.manners = { noRanges: true, rate: 2_000_000 };
      await expect(fetched(PARTIAL)).rejects.toMatchObject({
        code: 'no-ranges',
        message: expect.stringMatching(/0\.00 GB.*--whole-file/),
      });
      expect(server.sent).toBeLessThan(CHECKPOINT.length);
    });

    it('takes whole files where that is allowed', async () => {
      server.manners.noRanges = true;
      await fetched(PARTIAL, { wholeFile: true });
      await expectPartial();
    });

    it('takes whole files in several sittings', async () => {
      server.manners = { noRanges: true, cut: { after: 900_000, times: 1 } };
      await fetched(PARTIAL, { wholeFile: true });
      await expectPartial();
    });

    it('still jumps over gaps where the server lets it, allowed or not', async () => {
      await fetched(PARTIAL, { wholeFile: true });
      await expectPartial();
      expect(server.asked.slice(1)).toHaveLength(2);
    });

    it('holds the server to a pinned hash where it tells one', async () => {
      const sha256 = createHash('sha256').update(CHECKPOINT).digest('hex');
      server.manners.linkedTag = `"${sha256}"`;
      await fetched({ ...PARTIAL, sha256 });
      await expectPartial();
      await expect(fetched({ ...PARTIAL, size: CHECKPOINT.length + 1 })).rejects.toMatchObject({
        code: 'wrong-bytes',
      });
      server.manners.linkedTag = `"${'0'.repeat(64)}"`;
      await expect(fetched({ ...PARTIAL, sha256 })).rejects.toMatchObject({ code: 'wrong-bytes' });
    });

    it.each<[string, Buffer]>([
      ['a length without end', Buffer.from([255, 255, 255, 255, 255, 255, 255, 127, 123, 125])],
      ['a length that the file does not have', Buffer.from([0, 0, 128, 0, 0, 0, 0, 0, 123, 125])],
      ['overlapping tensors', hostile({ 'keep.0': [0, 8], 'keep.1': [4, 12] }, 12)],
      ['negative places', hostile({ 'keep.0': [-8, 0] }, 8)],
      ['more than the file has', hostile({ 'keep.0': [0, 4_000_000_000] }, 8)],
      ['less than the file has', hostile({ 'keep.0': [0, 8] }, 16)],
      ['nothing', Buffer.alloc(0)],
    ])('refuses a header with %s', async (_, file) => {
      server.files.set('tiny/model.safetensors', file);
      await expect(fetched(PARTIAL)).rejects.toSatisfy(
        (error) => error instanceof BadWeightsError || error instanceof ModelError,
      );
      expect(existsSync(join(folder, 'model.safetensors'))).toBe(false);
    });

    it('refuses tensors that are far more than the manifest says', async () => {
      const huge = { size: 3_000_000_000 };
      const header = hostile({ 'keep.0': [0, huge.size] }, 0);
      const source = {
        name: 'a liar',
        open: async () => ({
          start: 0,
          ranged: true,
          size: header.length + huge.size,
          version: null,
          body: (async function* () {
            yield header;
          })(),
          close: () => {},
        }),
      };
      await expect(fetched(PARTIAL, { source })).rejects.toMatchObject({ code: 'wrong-bytes' });
    });
  });

  describe('over redirects', () => {
    let second: ModelServer;
    beforeAll(async () => {
      second = await ModelServer.start();
    });
    afterAll(() => second.close());

    it('follows them', async () => {
      second.files.set('elsewhere', WHOLE);
      server.manners.redirect = () => `${second.url}elsewhere`;
      await fetched(PINNED);
      await expectWhole();
    });

    it('follows them to the parts of a file, with the tag that was told on the way', async () => {
      second.files.set('elsewhere', CHECKPOINT);
      second.reset({ noTag: true, cut: { after: 20_000, times: 2 } });
      server.manners = { redirect: () => `${second.url}elsewhere`, linkedTag: '"abc"' };
      await fetched(PARTIAL);
      await expectPartial();
    });

    it('ends those that do not end', async () => {
      server.manners.redirect = () => `${server.url}again`;
      await expect(fetched(PINNED)).rejects.toThrow(/without end/);
    });

    it.each(['http://example.org/x', 'ftp://127.0.0.1/x', 'file:///etc/passwd', 'http://[bad'])(
      'does not follow one to %s',
      async (target) => {
        server.manners.redirect = () => target;
        // As if the authors' place were this server: plain HTTP is fine for it alone.
        const source = new HttpSource(new URL(server.url), (path) => [new URL(`tiny/${path}`, server.url)]);
        await expect(fetched(PINNED, { source })).rejects.toMatchObject({ code: 'source-refused' });
      },
    );
  });

  describe('from a folder', () => {
    it.each(['tiny/sub/whole.bin', 'tiny/whole.bin', 'sub/whole.bin', 'whole.bin'])(
      'finds %s',
      async (place) => {
        const mirror = join(folder, 'mirror');
        await mkdir(join(mirror, place, '..'), { recursive: true });
        await writeFile(join(mirror, place), WHOLE);
        await fetched(PINNED, { place: mirror });
        await expectWhole();
      },
    );

    it('takes the tensors from a whole checkpoint', async () => {
      await mkdir(join(folder, 'mirror/tiny'), { recursive: true });
      await writeFile(join(folder, 'mirror/tiny/model.safetensors'), CHECKPOINT);
      await fetched(PARTIAL, { place: join(folder, 'mirror') });
      await expectPartial();
    });

    it('says what is not in it', async () => {
      await expect(fetched(PINNED, { place: join(folder, 'none') })).rejects.toMatchObject({
        code: 'source-missing',
        message: expect.stringContaining('sub/whole.bin'),
      });
    });
  });

  it('finds a mirror of Hugging Face at its own paths', async () => {
    server.files.clear();
    server.files.set(`no/body/resolve/${'0'.repeat(40)}/model.safetensors`, CHECKPOINT);
    await fetched(PARTIAL);
    await expectPartial();
  });
});

/** A safetensors file whose header says anything. */
function hostile(offsets: Readonly<Record<string, readonly number[]>>, bytes: number): Buffer {
  const header = Object.fromEntries(
    Object.entries(offsets).map(([name, [from = 0, to = 0]]) => [
      name,
      { dtype: 'U8', shape: [to - from], data_offsets: [from, to] },
    ]),
  );
  const json = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  return Buffer.concat([length, json, Buffer.alloc(bytes)]);
}
