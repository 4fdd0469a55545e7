import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Key, transposeKey } from '../../../src/shared/music/key.ts';

const RATE = 22_050;

/** Scale degrees (semitones above the tonic) of I–IV–V–I and i–iv–V–i, as triads. */
const PROGRESSIONS = {
  major: [
    [0, 4, 7],
    [5, 9, 12],
    [7, 11, 14],
    [0, 4, 7],
  ],
  minor: [
    [0, 3, 7],
    [5, 8, 12],
    [7, 11, 14],
    [0, 3, 7],
  ],
} as const;

/**
 * A cadence over and over, with a bass: an unmistakable key. 16-bit mono WAV at 22,050 Hz.
 * @param variation makes pieces of one key differ from each other
 */
export function cadenceWav(key: Key, seconds: number, variation = 0): Buffer {
  const samples = Math.round(RATE * seconds);
  const data = Buffer.alloc(44 + samples * 2);
  data.write('RIFF', 0, 'latin1');
  data.writeUInt32LE(36 + samples * 2, 4);
  data.write('WAVEfmt ', 8, 'latin1');
  data.writeUInt32LE(16, 16);
  data.writeUInt16LE(1, 20);
  data.writeUInt16LE(1, 22);
  data.writeUInt32LE(RATE, 24);
  data.writeUInt32LE(RATE * 2, 28);
  data.writeUInt16LE(2, 32);
  data.writeUInt16LE(16, 34);
  data.write('data', 36, 'latin1');
  data.writeUInt32LE(samples * 2, 40);
  const chordSeconds = 1 + 0.05 * variation;
  const chords = PROGRESSIONS[key.mode];
  for (let i = 0; i < samples; i++) {
    const time = i / RATE;
    const chord = chords[Math.floor(time / chordSeconds) % chords.length]!;
    const envelope = Math.exp(-2 * (time % chordSeconds));
    let value = 0;
    for (const [voice, degree] of [chord[0] - 12, ...chord].entries()) {
      const frequency = 261.63 * 2 ** ((key.tonic + degree) / 12);
      for (let harmonic = 1; harmonic <= 4; harmonic++) {
        value +=
          ((voice === 0 ? 1.5 : 1) / harmonic ** 2) * Math.sin(2 * Math.PI * frequency * harmonic * time);
      }
    }
    data.writeInt16LE(Math.round(3500 * envelope * value), 44 + 2 * i);
  }
  return data;
}

/** Whether ffmpeg can be run here. */
export const hasFfmpeg = spawnSync('ffmpeg', ['-version']).status === 0;

const ENCODERS: Readonly<Record<string, readonly string[]>> = {
  mp3: ['-c:a', 'libmp3lame', '-b:a', '96k', '-id3v2_version', '3'],
  flac: ['-c:a', 'flac'],
  ogg: ['-c:a', 'libvorbis'],
  opus: ['-c:a', 'libopus', '-b:a', '48k'],
  m4a: ['-c:a', 'aac', '-b:a', '96k'],
  wav: ['-c:a', 'pcm_s16le'],
  aiff: ['-c:a', 'pcm_s16be', '-write_id3v2', '1'],
};

export interface MadeTrack {
  readonly path: string;
  readonly key: Key;
}

/**
 * A folder full of pieces in different keys, one container after the other; each has a title and an artist.
 * @param tagsOf other tags than these, as ffmpeg calls them
 */
export function makeLibrary(
  folder: string,
  count: number,
  seconds: number,
  containers: readonly string[],
  tagsOf = (i: number, _key: Key): Readonly<Record<string, string>> => ({
    title: `Piece ${i}`,
    artist: 'Ütest',
  }),
): MadeTrack[] {
  const tracks: MadeTrack[] = [];
  for (let i = 0; i < count; i++) {
    const key = transposeKey({ tonic: 0, mode: i % 2 ? 'minor' : 'major' }, i * 5);
    const container = containers[i % containers.length]!;
    const wav = join(folder, `.source-${i}.wav`);
    const path = join(folder, `track ${String(i).padStart(3, '0')}.${container}`);
    writeFileSync(wav, cadenceWav(key, seconds, i));
    execFileSync('ffmpeg', [
      ...['-v', 'error', '-y', '-i', wav],
      ...Object.entries(tagsOf(i, key)).flatMap(([name, value]) => ['-metadata', `${name}=${value}`]),
      ...ENCODERS[container]!,
      path,
    ]);
    execFileSync('rm', [wav]);
    tracks.push({ path, key });
  }
  return tracks;
}

/** MD5 of the decoded audio, by ffmpeg: an independent word on whether the sound is the same. */
export function decodedMd5(path: string): string {
  return execFileSync('ffmpeg', ['-v', 'error', '-i', path, '-map', '0:a', '-f', 'md5', '-'], {
    encoding: 'utf8',
  }).trim();
}

/** Format and stream tags of a file as ffprobe reads them, names in lower case. */
export function probedTags(path: string): Record<string, string> {
  const out = execFileSync(
    'ffprobe',
    ['-v', 'error', '-show_entries', 'format_tags:stream_tags', '-of', 'json', path],
    {
      encoding: 'utf8',
    },
  );
  const parsed = JSON.parse(out) as {
    format?: { tags?: Record<string, string> };
    streams?: { tags?: Record<string, string> }[];
  };
  const tags = {
    ...Object.assign({}, ...(parsed.streams ?? []).map((s) => s.tags ?? {})),
    ...parsed.format?.tags,
  };
  return Object.fromEntries(Object.entries(tags).map(([name, value]) => [name.toLowerCase(), String(value)]));
}
