import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openCatalogue } from '../../src/main/catalogue/index.ts';
import { nodeHost } from '../../src/main/host/node-host.ts';
import { readFile } from '../../src/main/scan/read.ts';
import { scanLibrary } from '../../src/main/scan/scan.ts';
import { encode, hasFfmpeg, scratch } from '../main/scan/fixtures.ts';

const SECONDS = 3;
const TAGS = {
  title: 'Tïtle',
  artist: 'Артист',
  album: '曲',
  genre: 'Drum & Bass',
  date: '1999',
  track: '3/12',
};

/** extension → container as we call it, extra arguments of the encoder, fields that the container can't hold. */
const CONTAINERS: Readonly<
  Record<string, { container: string; args?: readonly string[]; lacks?: readonly string[]; key?: boolean }>
> = {
  'v23.mp3': { container: 'mp3', args: ['-id3v2_version', '3'] },
  'v24.mp3': { container: 'mp3', args: ['-id3v2_version', '4', '-write_xing', '0', '-b:a', '128k'] },
  flac: { container: 'flac' },
  ogg: { container: 'ogg-vorbis' },
  opus: { container: 'opus' },
  spx: { container: 'speex', args: ['-c:a', 'libspeex', '-ar', '32000'] },
  'flac.oga': { container: 'ogg-flac', args: ['-c:a', 'flac', '-f', 'oga'] },
  m4a: { container: 'mp4', key: false },
  'alac.m4a': { container: 'mp4', args: ['-c:a', 'alac'], key: false },
  wav: { container: 'wav', key: false },
  'big.wav': { container: 'wav', args: ['-rf64', 'always'], key: false },
  aiff: { container: 'aiff', args: ['-write_id3v2', '1'] },
  wma: { container: 'asf', key: false },
  wv: { container: 'wavpack' },
  tta: { container: 'tta', key: false },
  mka: { container: 'matroska', key: false },
  aac: { container: 'aac', args: ['-write_id3v2', '1'] },
};

function sample(folder: string, name: string, args: readonly string[] = [], seed = 1): string {
  const metadata = Object.entries({ ...TAGS, INITIALKEY: 'F#m' }).flatMap(([id, text]) => {
    const tag = `${id}=${text}`;
    return ['-metadata', tag, '-metadata:s:a', tag];
  });
  return encode(join(folder, name), { seed, seconds: SECONDS, args: [...metadata, ...args] });
}

const encoders = hasFfmpeg ? execFileSync('ffmpeg', ['-v', 'error', '-encoders'], { encoding: 'utf8' }) : '';

describe.skipIf(!hasFfmpeg)('reading real files', () => {
  it.each(Object.entries(CONTAINERS))('%s', async (name, { container, args = [], key = true }) => {
    if (container === 'speex' && !encoders.includes('libspeex')) return;
    const path = sample(scratch(), `sample.${name}`, args);
    const { content, problem } = await readFile(path);
    expect(problem).toBeNull();
    expect(content?.container).toBe(container);
    expect(content?.audioHash).toMatch(/^[0-9a-f]{32}$/);
    // Frames are whole, encoders pad, and a stream without a count is estimated.
    expect(Math.abs((content?.durationSeconds ?? 0) - SECONDS)).toBeLessThan(
      container === 'aac' ? 0.3 : 0.15,
    );
    expect(content?.sampleRate).toBeGreaterThan(30_000);
    expect(content?.channels).toBe(1);
    const { title, artist, album, genre, trackNumber } = content?.tags ?? {};
    expect({ title, artist, genre }).toEqual({
      title: ['Tïtle'],
      artist: ['Артист'],
      genre: ['Drum & Bass'],
    });
    if (container !== 'matroska')
      expect({ album, trackNumber }).toEqual({ album: ['曲'], trackNumber: ['3'] });
    if (key && container !== 'aac') {
      const found = content?.tags.key ?? content?.tags['custom:INITIALKEY'];
      expect(found, 'the key, under whatever name ffmpeg gave it').toEqual(['F#m']);
    }
  });
});

const python = ['/usr/bin/python3', 'python3'].find(
  (name) => spawnSync(name, ['-c', 'import mutagen']).status === 0,
);
const RETAG = `
import sys, mutagen
from mutagen.id3 import TIT2, APIC
for path in sys.argv[1:]:
    audio = mutagen.File(path)
    if audio.tags is None: audio.add_tags()
    kind = type(audio.tags).__name__
    text = 'Another title, a good deal longer than before ' * 40
    if 'ID3' in kind or kind == '_WaveID3':
        audio.tags.add(TIT2(encoding=3, text=text))
        audio.tags.add(APIC(encoding=3, mime='image/png', type=3, desc='', data=b'x' * 200000))
    elif kind == 'MP4Tags': audio.tags['\\xa9nam'] = [text]
    elif kind == 'ASFTags': audio.tags['Title'] = [text]
    else: audio.tags['title'] = [text]
    audio.save()
`;

describe.skipIf(!hasFfmpeg || !python)('scanning a library that another tagger works on', () => {
  it('knows every file again, retagged, renamed or both', async () => {
    const root = scratch();
    const names = ['mp3', 'flac', 'ogg', 'opus', 'm4a', 'wav', 'aiff', 'wma', 'wv', 'aac'].filter(
      (name) => CONTAINERS[name] || name === 'mp3',
    );
    const paths = names.map((name, i) =>
      sample(root, `${name}.${name}`, CONTAINERS[name]?.args ?? [], i + 1),
    );
    const catalogue = openCatalogue(':memory:');
    const scan = () => scanLibrary(catalogue, [root], { host: nodeHost });
    expect(await scan()).toMatchObject({ seen: names.length, new: names.length, failed: [] });
    const tracks = paths.map((path) => catalogue.files.byPath(path)?.trackId);
    expect(new Set(tracks).size).toBe(names.length);
    expect(await scan()).toMatchObject({ unchanged: names.length, new: 0, changed: 0 });

    // mutagen does not write ADTS files.
    const taggable = paths.filter((path) => !path.endsWith('.aac'));
    execFileSync(python!, ['-c', RETAG, ...taggable]);
    expect(await scan()).toMatchObject({
      changed: taggable.length,
      new: 0,
      moved: 0,
      missing: 0,
      failed: [],
    });
    expect(paths.map((path) => catalogue.files.byPath(path)?.trackId)).toEqual(tracks);
    expect(catalogue.files.details(taggable[0]!)?.tags.title?.[0]).toMatch(/^Another title/);

    execFileSync(python!, ['-c', RETAG.replace('Another', 'A third'), ...taggable]);
    for (const path of paths) renameSync(path, path.replace(/([^/]+)$/, 'renamed $1'));
    const renamed = paths.map((path) => path.replace(/([^/]+)$/, 'renamed $1'));
    expect(await scan()).toMatchObject({ moved: names.length, new: 0, missing: 0, failed: [] });
    expect(renamed.map((path) => catalogue.files.byPath(path)?.trackId)).toEqual(tracks);
    expect(catalogue.tracks.count()).toBe(names.length);

    rmSync(renamed[0]!);
    expect(await scan()).toMatchObject({ missing: 1, unchanged: names.length - 1 });
    catalogue.close();
  });

  it('reads what is damaged as far as it goes, or says why not', async () => {
    const root = scratch();
    for (const name of ['mp3', 'flac', 'ogg', 'm4a', 'wav', 'wma']) {
      truncateSync(sample(root, `cut.${name}`), 9000);
      truncateSync(sample(root, `stub.${name}`), 40);
    }
    writeFileSync(join(root, 'zero.mp3'), Buffer.alloc(100_000));
    writeFileSync(join(root, 'renamed.mp3'), '<html>no music</html>'.repeat(500));
    const catalogue = openCatalogue(':memory:');
    const summary = await scanLibrary(catalogue, [root], { host: nodeHost });
    expect(summary.seen).toBe(readdirSync(root).length);
    expect(summary.new + summary.failed.length).toBe(summary.seen);
    for (const { code, message } of summary.failed) {
      expect(code).toMatch(/^(not-audio|unreadable)$/);
      expect(message.length).toBeGreaterThan(20);
    }
    const failed = summary.failed.map(({ path }) => path);
    expect(failed).toContain(join(root, 'zero.mp3'));
    expect(failed).toContain(join(root, 'renamed.mp3'));
    expect(failed).not.toContain(join(root, 'cut.mp3'));
    catalogue.close();
  });
});
