import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseM3u } from '../../src/shared/playlist/m3u.ts';
import { ofType, run } from './support/cratewise.ts';
import { hasFfmpeg, makeLibrary } from './support/music.ts';

describe.skipIf(!hasFfmpeg)('playlists and exports on the command line', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cratewise-e2e-playlists-'));
  const music = join(folder, 'music');
  const out = (name: string) => join(folder, name);
  const cratewise = (...args: string[]) => run([...args, '--library', out('library.cratewise'), '--quiet']);

  beforeAll(async () => {
    mkdirSync(music);
    makeLibrary(music, 4, 3, ['mp3', 'flac']);
    expect((await cratewise('scan', music)).code).toBe(0);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('exports a search, and never over a file unasked', async () => {
    const file = out('all.csv');
    const search = [
      'export',
      '--out',
      file,
      '--columns',
      'title,seconds',
      '--query',
      'piece -title:"piece 0"',
    ];
    const ran = await cratewise(...search, '--sort', 'title', '--descending', '--json');
    expect(ran.code).toBe(0);
    expect(ofType(ran, 'exported')).toMatchObject([{ format: 'csv', tracks: 3, notes: [] }]);
    const lines = readFileSync(file, 'utf8').split('\r\n');
    expect(lines.map((line) => line.split(',')[0])).toEqual(['title', 'Piece 3', 'Piece 2', 'Piece 1', '']);
    const again = await cratewise(...search);
    expect(again.code).toBe(1);
    expect(again.stderr).toMatch(/is there already/);
    expect((await cratewise(...search, '--overwrite')).code).toBe(0);
    expect((await cratewise('export', '--format', 'csv', '--crlf')).code).toBe(2);
  });

  it('keeps a playlist through a move, and back again from a file', async () => {
    const created = await cratewise('playlist', 'create', 'Set', '--query', 'piece', '--json');
    expect(ofType(created, 'playlist')).toMatchObject([{ id: 1, name: 'Set', tracks: 4 }]);
    const moved = join(music, 'elsewhere.mp3');
    renameSync(join(music, 'track 000.mp3'), moved);
    expect((await cratewise('scan', music)).code).toBe(0);
    const list = out('set.m3u8');
    const exported = await cratewise('playlist', 'export', 'set', '--out', list, '--relative-to', folder);
    expect(exported.code).toBe(0);
    const { name, entries } = parseM3u(readFileSync(list, 'utf8'));
    expect(name).toBe('Set');
    expect(entries).toHaveLength(4);
    for (const { path } of entries) expect(existsSync(join(folder, path))).toBe(true);
    expect(entries.map(({ path }) => path)).toContain('music/elsewhere.mp3');
    const imported = await cratewise('playlist', 'import', list, 'Back', '--json');
    expect(ofType(imported, 'playlist')).toMatchObject([{ name: 'Back', tracks: 4, known: 4 }]);
    const shown = await cratewise('playlist', 'show', 'Back', '--json');
    expect(ofType(shown, 'playlist-track').map(({ state }) => state)).toEqual(Array(4).fill('present'));
  });

  it('undoes, one after the other', async () => {
    expect((await cratewise('playlist', 'delete', 'Set')).code).toBe(0);
    const names = async () =>
      ofType(await cratewise('playlist', 'list', '--json'), 'playlist').map(({ name }) => name);
    expect(await names()).toEqual(['Back']);
    expect((await cratewise('playlist', 'undo')).code).toBe(0);
    expect(await names()).toEqual(['Back', 'Set']);
    expect((await cratewise('playlist', 'show', 'None')).code).toBe(1);
  });

  it('says what is no playlist', async () => {
    writeFileSync(out('empty.m3u'), '#EXTM3U\n# nothing\n');
    const ran = await cratewise('playlist', 'import', out('empty.m3u'));
    expect(ran.code).toBe(1);
    expect(ran.stderr).toMatch(/names no file/);
  });
});
