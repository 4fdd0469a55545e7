import { posix, win32 } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { m3uEntry, m3uHead } from '../../../src/main/export/m3u.ts';
import { Notes } from '../../../src/main/export/notes.ts';
import type { M3uOptions } from '../../../src/shared/export.ts';
import { pathFromBytes } from '../../../src/shared/path.ts';
import { fileAddress, parseM3u } from '../../../src/shared/playlist/m3u.ts';
import { row } from './row.ts';

const written = (
  entries: readonly { path: string; title?: string; artist?: string; seconds?: number }[],
  options: M3uOptions = {},
) => {
  const notes = new Notes();
  const text = [
    ...m3uHead(options),
    ...entries.map(({ path, title, artist, seconds }) =>
      m3uEntry(
        {
          path,
          row: row(path, { title: title ?? null, artist: artist ?? null, durationSeconds: seconds ?? null }),
        },
        options,
        notes,
      ),
    ),
  ].join('');
  return { text, notes: notes.all() };
};

describe('M3U8', () => {
  it('says what plays, how long, and where', () => {
    const { text, notes } = written(
      [
        { path: '/music/a.mp3', title: 'Ray', artist: 'Björk', seconds: 201.6 },
        { path: '/music/no name.flac' },
      ],
      { name: 'Warm-up' },
    );
    expect(text).toBe(
      '#EXTM3U\n#PLAYLIST:Warm-up\n#EXTINF:202,Björk - Ray\n/music/a.mp3\n#EXTINF:-1,no name\n/music/no name.flac\n',
    );
    expect(notes).toEqual([]);
  });

  it('writes paths relative to a folder, safe from comments, spaces and addresses', () => {
    const names = ['a.mp3', '#1 hit.mp3', ' b.mp3', 'x:y.mp3', 'sub/c.mp3'];
    const { text } = written(
      names.map((name) => ({ path: `/music/${name}` })),
      { relativeTo: '/music' },
    );
    const lines = text.split('\n').filter((line) => line !== '' && !/^#EXT/.test(line));
    expect(lines).toEqual(['a.mp3', './#1 hit.mp3', './ b.mp3', './x:y.mp3', 'sub/c.mp3']);
    expect(written([{ path: '/music/a.mp3' }], { relativeTo: '/lists/old' }).text).toContain(
      '\n../../music/a.mp3\n',
    );
  });

  it('knows drives', () => {
    const { text, notes } = written([{ path: 'C:\\Music\\a.mp3' }, { path: 'D:\\b.mp3' }], {
      relativeTo: 'C:\\Lists',
      crlf: true,
    });
    expect(text).toContain('\r\n..\\Music\\a.mp3\r\n');
    expect(text).toContain('\r\nD:\\b.mp3\r\n');
    expect(notes).toMatchObject([{ code: 'absolute', count: 1 }]);
    expect(fileAddress('C:\\a b.mp3')).toBe('file:///C:/a%20b.mp3');
    expect(fileAddress('\\\\nas\\music\\a.mp3')).toBe('file://nas/music/a.mp3');
  });

  it('writes names that no line holds as addresses, and leaves out what is not there', () => {
    const bad = pathFromBytes(Buffer.from([...Buffer.from('/music/'), 0xe9, 0x2e, 0x6d, 0x70, 0x33]));
    const { text, notes } = written([
      { path: '/music/two\nlines.mp3' },
      { path: bad },
      { path: '/music/end ' },
    ]);
    expect(text).toContain('\nfile:///music/two%0Alines.mp3\n');
    expect(text).toContain('\nfile:///music/%E9.mp3\n');
    expect(text).toContain('\nfile:///music/end%20\n');
    expect(text).toContain('#EXTINF:-1,two lines\n');
    expect(text.isWellFormed()).toBe(true);
    expect(notes).toMatchObject([{ code: 'address', count: 3 }]);
    const gone = new Notes();
    expect(m3uEntry({ path: '/x.mp3', row: null }, {}, gone)).toBe('');
    expect(m3uEntry({ path: '/y.mp3', row: row('/y.mp3', { state: 'offline' }) }, {}, gone)).toBe('');
    expect(gone.all()).toEqual([{ code: 'gone', count: 2, examples: ['/x.mp3', '/y.mp3'] }]);
  });

  /** Bytes of a name as POSIX allows them. */
  const name = fc
    .oneof(
      fc.uint8Array({ minLength: 1, maxLength: 12 }),
      fc
        .string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
        .map((text) => new TextEncoder().encode(text)),
      fc
        .constantFrom('#EXTM3U', ' ', '\r\n', 'http://x', 'c:', '\ufeff', '\u2028a')
        .map((text) => new TextEncoder().encode(text)),
    )
    .map((bytes) => pathFromBytes(bytes.map((byte) => (byte === 0 || byte === 0x2f ? 0x5f : byte))))
    // Not the folder itself, nor the one above it.
    .map((text) => (/^\.*$/.test(text) ? `${text}x` : text));
  const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((parts) => `/${parts.join('/')}`);

  it('reads back every path, title and length that it writes', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            path,
            title: fc.string({ unit: 'binary', maxLength: 20 }),
            artist: fc.string({ unit: 'grapheme', maxLength: 20 }),
            seconds: fc.option(fc.integer({ min: 0, max: 9999 }), { nil: undefined }),
          }),
          { maxLength: 6 },
        ),
        fc.option(path, { nil: undefined }),
        fc.boolean(),
        (entries, relativeTo, crlf) => {
          const { text } = written(
            entries.map(({ seconds, ...rest }) => ({
              ...rest,
              ...(seconds === undefined ? {} : { seconds }),
            })),
            { relativeTo, crlf },
          );
          expect(text.isWellFormed()).toBe(true);
          const end = crlf ? '\r\n' : '\n';
          const lines = text.split(end);
          // Two lines a track, whatever its names hold.
          expect(lines).toHaveLength(2 + 2 * entries.length);
          if (crlf) expect(text.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
          const back = parseM3u(text).entries;
          expect(back.map((one) => absolute(one.path, relativeTo))).toEqual(
            entries.map((one) => posix.normalize(one.path)),
          );
          expect(back.map((one) => one.seconds)).toEqual(entries.map((one) => one.seconds ?? null));
        },
      ),
      { numRuns: 400 },
    );
  });
});

const absolute = (path: string, folder: string | undefined): string =>
  posix.isAbsolute(path) || win32.isAbsolute(path) ? path : posix.join(folder ?? '/', path);

describe('parseM3u', () => {
  it('reads what others write', () => {
    const file =
      '\ufeff#EXTM3U\r\n#EXTINF:123 tvg-id="x",Artist - Title, with comma\r\n..\\Music\\a.mp3\r\n\r\n' +
      '# a comment\r\nfile://localhost/C:/b%20c.mp3\r\nhttp://radio.example/stream\r\n#EXTINF:-1,\r\nb.mp3';
    expect(parseM3u(file)).toEqual({
      name: null,
      entries: [
        { path: '..\\Music\\a.mp3', title: 'Artist - Title, with comma', seconds: 123 },
        { path: 'C:\\b c.mp3', title: '', seconds: null },
        { path: 'b.mp3', title: '', seconds: null },
      ],
    });
  });

  it('takes any text', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void parseM3u(text)));
  });
});
