import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { randomFrom } from '../../../src/main/lab/random.ts';
import { cadenceWav } from './music.ts';

/** Kinds of sound that nobody confuses, and that no shipped probe knows the names of. */
export const KINDS = ['Chimes', 'Drums', 'Drones'] as const;
export type Kind = (typeof KINDS)[number];

const RATE = 22_050;
const SECONDS = 7;

/** Mono 16-bit WAV of a kind of sound; each differs from the others of its kind. */
export function soundOf(kind: Kind, seed: number): Buffer {
  const wav = cadenceWav({ tonic: seed % 12, mode: seed % 2 ? 'minor' : 'major' }, SECONDS, seed);
  if (kind === 'Chimes') return wav;
  const random = randomFrom(seed);
  const pitch = 40 + 30 * random();
  const beat = 0.25 + 0.25 * random();
  for (let at = 44; at + 1 < wav.length; at += 2) {
    const time = (at - 44) / 2 / RATE;
    const value =
      kind === 'Drums'
        ? (random() * 2 - 1) * Math.exp(-12 * (time % beat))
        : ((time * pitch) % 1) * 2 - 1 + 0.1 * random();
    wav.writeInt16LE(Math.round(9000 * value), at);
  }
  return wav;
}

/** Writes an MP3 of a kind of sound, with tags as ffmpeg calls them. */
export function makeSound(
  path: string,
  kind: Kind,
  seed: number,
  tags: Readonly<Record<string, string>>,
): void {
  const wav = join(`${path}.source.wav`);
  writeFileSync(wav, soundOf(kind, seed));
  const metadata = Object.entries(tags).flatMap(([name, value]) => ['-metadata', `${name}=${value}`]);
  execFileSync('ffmpeg', ['-v', 'error', '-y', '-i', wav, ...metadata, '-b:a', '96k', path]);
  rmSync(wav);
}
