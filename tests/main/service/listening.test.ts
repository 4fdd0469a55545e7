import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { call } from '@orpc/server';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ANALYSE } from '../../../src/main/analysis/analyse.ts';
import { Library } from '../../../src/main/library/library.ts';
import { libraryRouter } from '../../../src/main/service/router.ts';
import { Work } from '../../../src/main/service/work.ts';
import type { WorkState } from '../../../src/shared/contract/index.ts';
import { workStateSchema } from '../../../src/shared/contract/status.ts';
import { pathFromBytes } from '../../../src/shared/path.ts';
import { scanned } from '../catalogue/support.ts';
import { type InHand, ScriptedAnalysers } from './scripted-analysers.ts';

/** Tracks that are in hand at once. */
const LANES = availableParallelism();

/** A library on disk with so many tracks beyond those that are in hand at once. */
async function listener(more: number) {
  const folder = mkdtempSync(join(tmpdir(), 'cratewise-listening-'));
  const file = join(folder, 'library.db');
  const open = async () => {
    const host = new ScriptedAnalysers();
    const library = await Library.open(file, host);
    const work = new Work(library);
    const close = async () => {
      const closed = work.close();
      host.hearAll();
      for (const track of inHand.splice(0)) track.hear();
      await closed;
      await library.close();
    };
    const inHand: InHand[] = [];
    /** Waits until the analysers have so many tracks in hand. */
    const take = async (count: number) => {
      while (inHand.length < count) inHand.push(await host.next());
      return inHand;
    };
    return { host, library, work, inHand, take, close, router: libraryRouter(library, work) };
  };
  const opened = await open();
  const { catalogue } = opened.library;
  const root = catalogue.roots.add(pathFromBytes(Buffer.from(folder))).id;
  const names = Array.from({ length: LANES + more }, (_, i) => `track ${String(i).padStart(3, '0')}`);
  const ids = catalogue.files.upsert(
    names.map((name) => scanned(`${folder}/${name}.mp3`, root)),
    catalogue.files.beginScan(),
  );
  let current = opened;
  onTestFinished(async () => {
    await current.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const reopened = async () => {
    await current.close();
    current = await open();
    return current;
  };
  return { ...opened, ids, folder, reopened };
}

async function until(work: Work, wanted: (state: WorkState) => boolean): Promise<WorkState> {
  for await (const state of work.watch()) {
    workStateSchema.parse(state);
    if (wanted(state)) return state;
  }
  throw new Error('unreachable');
}

/** A folder with one file in it, which is no music. */
function otherFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'cratewise-other-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'new.mp3'), 'no music');
  return pathFromBytes(Buffer.from(folder));
}

const name = (path: string) => path.slice(path.lastIndexOf('/') + 1).replace('.mp3', '');

describe('listening', () => {
  it('goes through everything that is due, and tells how far it is', async () => {
    const { work, host } = await listener(2);
    expect(work.state.listening).toMatchObject({ state: 'off', total: 0 });
    work.analyse();
    expect(work.state).toMatchObject({ running: { kind: 'analyse' }, listening: { state: 'running' } });
    (await host.next()).hear();
    (await host.next()).fail('decode');
    for (let i = 0; i < LANES; i++) (await host.next()).hear();
    const { last, listening } = await until(work, (state) => state.running === null);
    expect(last).toMatchObject({ kind: 'analyse', outcome: 'finished', done: LANES + 1, failed: 1 });
    expect(listening).toMatchObject({ state: 'off' });
  });

  it('is paused after the tracks in hand, stays so over a restart, and goes on from there', async () => {
    const { work, take, host, library, reopened } = await listener(3);
    work.analyse();
    await take(LANES);
    work.pause();
    expect(work.state).toMatchObject({
      running: { kind: 'analyse', stopping: true },
      listening: { state: 'paused' },
    });
    for (const track of (await take(LANES)).splice(0)) track.hear();
    await until(work, (state) => state.running === null);
    expect(host.asked).toHaveLength(LANES);
    expect(work.state).toMatchObject({
      last: null,
      listening: { state: 'paused', done: LANES, total: LANES + 3, secondsLeft: null },
    });
    expect(library.catalogue.queue.counts(ANALYSE)).toMatchObject({ queued: 3, done: LANES });

    const again = await reopened();
    again.work.restore();
    expect(again.work.state).toMatchObject({ running: null, listening: { state: 'paused' } });
    again.host.hearAll();
    again.work.resume();
    const { last } = await until(again.work, (state) => state.last !== null);
    expect(last).toMatchObject({ kind: 'analyse', outcome: 'finished', done: 3 });
    expect(again.host.asked).toHaveLength(3);
  });

  it('goes on by itself after a restart in the middle', async () => {
    const { work, take, reopened } = await listener(2);
    work.analyse();
    await take(LANES);
    const again = await reopened();
    again.host.hearAll();
    again.work.restore();
    await until(again.work, (state) => state.last?.outcome === 'finished');
    expect(again.host.asked).toHaveLength(2);
  });

  it('ends when it is cancelled, and leaves nothing in the queue', async () => {
    const { work, take, library, inHand } = await listener(4);
    work.analyse();
    await take(LANES);
    work.cancel();
    expect(work.state.listening.state).toBe('off');
    for (const track of inHand.splice(0)) track.hear();
    const { last } = await until(work, (state) => state.running === null);
    expect(last).toMatchObject({ kind: 'analyse', outcome: 'stopped', done: LANES });
    expect(library.catalogue.queue.counts(ANALYSE)).toMatchObject({ queued: 0, held: 0, done: LANES });
    work.analyse();
    expect(work.state.listening).toMatchObject({ state: 'running', done: 0 });
    work.stop();
    await until(work, (state) => state.running === null && state.listening.state === 'off');
  });

  it('gives way to scans, one after the other, and takes itself up after them', async () => {
    const { work, take, inHand, host } = await listener(1);
    work.analyse();
    await take(LANES);
    const other = otherFolder();
    work.scan([other]);
    expect(work.state).toMatchObject({
      running: { kind: 'scan', done: 0 },
      listening: { state: 'running' },
      line: [],
    });
    // Another one waits for its turn; what a user wants to see happen does not.
    work.scan([other]);
    expect(work.state.line).toEqual(['scan']);
    expect(() => work.learn('genre', 'tags')).toThrow(expect.objectContaining({ code: 'busy' }));
    for (const track of inHand.splice(0)) track.hear();
    await until(work, ({ last }) => last?.kind === 'scan');
    host.hearAll();
    const { last, listening } = await until(work, (state) => state.last?.kind === 'analyse');
    expect(last).toMatchObject({ outcome: 'finished', done: LANES + 1 });
    expect(listening.state).toBe('off');
    // The track that was left is heard, and none twice.
    expect(new Set(host.asked).size).toBe(LANES + 1);
    expect(host.asked).toHaveLength(LANES + 1);
  });

  it('lets what is short have its moment, and can be told not to scan after all', async () => {
    const { work, take, inHand, host } = await listener(1);
    work.analyse();
    await take(LANES);
    const alone = work.alone(() => work.state.listening.state);
    await expect(work.alone(() => 1)).rejects.toMatchObject({ code: 'busy' });
    for (const track of inHand.splice(0)) track.hear();
    expect(await alone).toBe('waiting');
    await take(1);
    work.scan([otherFolder()]);
    work.stop();
    expect(work.state).toMatchObject({ last: { kind: 'scan', outcome: 'stopped' } });
    host.hearAll();
    for (const track of inHand.splice(0)) track.hear();
    await until(work, (state) => state.last?.kind === 'analyse' && state.last.outcome === 'finished');
  });

  it('hears first what is looked at, and before that what is wished for', async () => {
    const { work, take, inHand, host, ids, router } = await listener(5);
    work.analyse();
    await take(LANES);
    const at = (i: number) => ids[LANES + i]!;
    expect(await call(router.work.hasten, { ids: [at(3), ids[0]!] })).toEqual({ waiting: 1 });
    await call(router.work.analyse, { selection: { ids: [at(4)] } });
    for (const track of inHand.splice(0)) track.hear();
    host.hearAll();
    await until(work, (state) => state.last !== null);
    const rest = host.asked.slice(LANES).map(name);
    const named = (i: number) => `track ${String(LANES + i).padStart(3, '0')}`;
    expect(rest).toHaveLength(5);
    expect(rest.slice(0, 2)).toEqual([named(4), named(3)]);
  });

  it('hears what is wished for again, and leaves the rest paused', async () => {
    const { work, take, inHand, host, ids, router } = await listener(2);
    work.analyse();
    await take(LANES);
    work.pause();
    for (const track of inHand.splice(0)) track.hear();
    await until(work, (state) => state.running === null);
    host.hearAll();
    await call(router.work.analyse, { selection: { ids: [ids[0]!] }, again: true });
    const { last, listening } = await until(work, (state) => state.last !== null);
    expect(last).toMatchObject({ outcome: 'finished' });
    expect(host.asked.slice(LANES).map(name)).toEqual(['track 000']);
    expect(listening.state).toBe('paused');
    work.resume();
    await until(work, (state) => state.listening.state === 'off');
    expect(host.asked).toHaveLength(LANES + 3);
  });

  it('remembers what is wished for of a large model over a pause and a restart', async () => {
    const large = { id: 'musicgen-small', version: '1', dimension: 1024, tier: 'musicgen-small' } as const;
    const { work, host, library, ids, router, reopened } = await listener(1);
    host.description = { ...host.description, representations: [large] };
    library.settings.tier = large.id;
    await call(router.work.analyse, { selection: { ids: [ids[0]!] }, again: true });
    const track = await host.next();
    work.pause();
    track.hear();
    await until(work, (state) => state.running === null);
    const again = await reopened();
    again.host.description = host.description;
    again.host.hearAll();
    again.work.restore();
    again.work.resume();
    const { last } = await until(again.work, (state) => state.last !== null);
    expect(last).toMatchObject({ outcome: 'finished', done: 1 });
    // The quick ones have heard it before the pause; the large one hears it now, and nothing else.
    expect([host.asked, again.host.asked].map((asked) => asked.map(name))).toEqual([
      ['track 000'],
      ['track 000'],
    ]);
    expect(again.library.catalogue.queue.counts(`${ANALYSE}:${large.id}`)).toMatchObject({ done: 1 });
  });

  it('loses one track’s work where an analyser dies, and sets aside what kills it twice', async () => {
    const { work, take, host, router, library } = await listener(2);
    work.analyse();
    const [first, ...others] = (await take(LANES)).splice(0);
    first!.die();
    for (const track of others) track.hear();
    // The others go on meanwhile; the one that was lost comes again.
    const heard = new Set<string>();
    for (let i = 0; i < 3; i++) {
      const track = await host.next();
      if (track.path === first!.path) track.die();
      else track.hear();
      heard.add(track.path);
    }
    const { last } = await until(work, (state) => state.last !== null);
    expect(heard.has(first!.path)).toBe(true);
    expect(last).toMatchObject({ outcome: 'finished', done: LANES + 1, failed: 1 });
    const problems = await call(router.work.problems, { limit: 10 });
    expect(problems.counts).toEqual({ read: 0, listen: 1, write: 0 });
    expect(problems.files).toMatchObject([{ path: first!.path, area: 'listen', setAside: true }]);
    // By itself it is not tried again; when asked, it is.
    host.hearAll();
    expect(await call(router.work.retry, { areas: ['write'] })).toEqual({ read: 0, listen: 0 });
    expect(await call(router.work.retry, { text: 'track 000' })).toEqual({ read: 0, listen: 1 });
    await until(work, (state) => state.running === null && state.listening.state === 'off');
    expect((await call(router.work.problems, { limit: 10 })).files).toEqual([]);
    expect(library.catalogue.queue.counts(ANALYSE)).toMatchObject({ done: LANES + 2, setAside: 0 });
  });

  it('follows a scan where the user wants that, and not while it is paused', async () => {
    const { work, host, router } = await listener(0);
    host.hearAll();
    const other = otherFolder();
    work.scan([other]);
    await until(work, (state) => state.last?.kind === 'scan' && state.running === null);
    expect(work.state.listening.state).toBe('off');
    await call(router.work.setAfterScan, { listen: true });
    expect(work.state.listenAfterScan).toBe(true);
    work.analyse();
    work.pause();
    work.scan([other]);
    await until(work, (state) => state.last?.kind === 'scan' && state.running === null);
    expect(work.state.listening.state).toBe('paused');
    work.cancel();
    work.scan([other]);
    await until(work, (state) => state.last?.kind === 'analyse');
    expect(new Set(host.asked).size).toBe(LANES);
  });

  it('does not begin again what can’t be: the reason is told once', async () => {
    const { work, library } = await listener(0);
    library.settings.tier = 'musicgen-small';
    work.analyse();
    const { last, listening } = await until(work, (state) => state.last !== null);
    expect(last).toMatchObject({
      kind: 'analyse',
      outcome: 'failed',
      problem: { code: 'tier-not-installed' },
    });
    expect(listening.state).toBe('off');
  });
});
