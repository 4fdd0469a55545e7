import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openCatalogue } from '../../src/main/catalogue/index.ts';
import { keyOf, sameKey } from '../../src/shared/music/key.ts';
import { ofType, run } from './support/cratewise.ts';
import { decodedMd5, hasFfmpeg, type MadeTrack, makeLibrary, probedTags } from './support/music.ts';

const CONTAINERS = ['mp3', 'flac', 'ogg', 'opus', 'm4a', 'wav'];
const digest = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex');

/** One folder, from first scan to undo, by the program itself; each step stands on the one before. */
describe.skipIf(!hasFfmpeg)('autotag on a folder of six containers', () => {
  let folder = '';
  let library: string[] = [];
  let tracks: MadeTrack[] = [];
  let before = new Map<string, { digest: string; audio: string }>();

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'cratewise-e2e-'));
    library = ['--library', join(folder, 'library.cratewise'), '--json'];
    tracks = makeLibrary(folder, 12, 20, CONTAINERS);
    before = new Map(tracks.map(({ path }) => [path, { digest: digest(path), audio: decodedMd5(path) }]));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('hears the key of every track, and touches none', async () => {
    const ran = await run(['autotag', folder, ...library]);
    expect(ran.stderr).not.toContain('✗');
    expect(ran.code).toBe(0);
    const found = ofType(ran, 'track') as {
      path: string;
      predictions: Record<string, { label: string; confidence: number }>;
    }[];
    expect(found).toHaveLength(tracks.length);
    const right = tracks.filter(({ path, key }) => {
      const predicted = found.find((track) => track.path === path)?.predictions.key;
      const heard = predicted ? keyOf(predicted.label) : null;
      return heard !== null && sameKey(heard, key);
    });
    expect(right.length).toBeGreaterThanOrEqual(tracks.length - 1);
    for (const track of found) {
      expect(track.predictions.genre?.confidence).toBeGreaterThan(0);
      expect(track.predictions.genre?.confidence).toBeLessThanOrEqual(1);
    }
    for (const { path } of tracks) expect(digest(path)).toBe(before.get(path)?.digest);
  });

  it('does nothing the second time', async () => {
    const ran = await run(['autotag', folder, ...library]);
    expect(ran.code).toBe(0);
    expect(ofType(ran, 'summary')[0]).toMatchObject({ analysed: 0, known: tracks.length, failed: 0 });
  });

  it('finds tracks by predicted key', async () => {
    const exact = await run(['search', '--key', '8B', ...library]);
    const compatible = await run(['search', '--key', '8B', '--compatible', ...library]);
    expect(ofType(exact, 'track').map((track) => track.path)).toContain(tracks[0]?.path);
    expect(ofType(compatible, 'track').length).toBeGreaterThan(ofType(exact, 'track').length);
  });

  it('shows in a dry run what it then writes, and nothing else changes', async () => {
    const options = ['--min-confidence', '0', '--key-notation', 'camelot'];
    const dry = await run(['autotag', folder, '--dry-run', ...options, ...library]);
    expect(ofType(dry, 'change')).toHaveLength(2 * tracks.length);
    for (const { path } of tracks) expect(digest(path)).toBe(before.get(path)?.digest);

    const wet = await run(['autotag', folder, '--write', ...options, ...library]);
    expect(wet.stderr).not.toContain('✗');
    expect(wet.code).toBe(0);
    expect(ofType(wet, 'change').map(({ path, field, after }) => ({ path, field, after }))).toEqual(
      ofType(dry, 'change').map(({ path, field, after }) => ({ path, field, after })),
    );
    for (const { path } of tracks) {
      expect(decodedMd5(path)).toBe(before.get(path)?.audio);
      const tags = probedTags(path);
      const change = ofType(wet, 'change').find((c) => c.path === path && c.field === 'genre') as {
        after: string[];
      };
      expect(tags.title).toMatch(/^Piece/);
      expect(tags.artist).toBe('Ütest');
      // ffmpeg does not read the ID3 chunk of a WAV; the preservation harness asks mutagen.
      if (!path.endsWith('.wav')) expect(tags.genre).toBe(change.after[0]);
    }
  });

  it('writes nothing again, and leaves filled fields alone', async () => {
    const after = new Map(tracks.map(({ path }) => [path, statSync(path).mtimeMs]));
    const again = await run(['autotag', folder, '--write', '--min-confidence', '0', ...library]);
    expect(ofType(again, 'change')).toEqual([]);
    expect(ofType(again, 'summary')[0]).toMatchObject({ analysed: 0, written: 0 });
    for (const { path } of tracks) expect(statSync(path).mtimeMs).toBe(after.get(path));
  });

  it('understands a file that moved and one that was edited directly', async () => {
    const moved = tracks[0]!;
    const target = join(folder, 'moved.mp3');
    renameSync(moved.path, target);
    const edited = await run([
      'tag',
      tracks[1]!.path,
      '--set',
      'title=Ein Stück',
      '--set',
      'genre=Dub',
      ...library,
    ]);
    expect(edited.code).toBe(0);
    expect(probedTags(tracks[1]!.path)).toMatchObject({ title: 'Ein Stück', genre: 'Dub' });
    const scan = await run(['scan', folder, ...library]);
    expect(ofType(scan, 'summary')[0]).toMatchObject({ new: 0, moved: 1, missing: 0 });
    const analysis = await run(['analyze', ...library]);
    expect(ofType(analysis, 'summary')[0]).toMatchObject({ analysed: 0 });
  });

  it('prints every copy of a track, and reads while another process holds the library', async () => {
    const copies = join(folder, 'copies');
    mkdirSync(copies);
    for (const name of ['a.flac', 'b.flac']) copyFileSync(tracks[1]!.path, join(copies, name));
    const own = ['--library', join(folder, 'copies.cratewise'), '--json'];
    const first = await run(['autotag', copies, ...own]);
    expect(
      ofType(first, 'track')
        .map((track) => track.path)
        .sort(),
    ).toEqual([join(copies, 'a.flac'), join(copies, 'b.flac')]);
    const writer = openCatalogue(join(folder, 'copies.cratewise'));
    const search = await run(['search', ...own]);
    const refused = await run(['scan', copies, ...own]);
    writer.close();
    rmSync(copies, { recursive: true });
    expect(ofType(search, 'track')).toHaveLength(2);
    expect(refused.code).toBe(1);
    expect(ofType(refused, 'fatal')).toMatchObject([{ code: 'catalogue-in-use' }]);
  });

  it('undoes both batches, byte for byte', async () => {
    const last = await run(['undo', ...library]);
    expect(last.code).toBe(0);
    const first = await run(['undo', ...library]);
    expect(first.stderr).not.toContain('✗');
    expect(ofType(first, 'summary')[0]).toMatchObject({ undone: tracks.length, failed: 0 });
    // The first file was moved since it was written: the journal went with it.
    renameSync(join(folder, 'moved.mp3'), tracks[0]!.path);
    for (const { path } of tracks) expect(digest(path)).toBe(before.get(path)?.digest);
  });
});
