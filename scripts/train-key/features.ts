/**
 * Computes the key net's input for audio passages with the product's own front end, for training.
 *
 *   node scripts/train-key/features.ts LIST.tsv OUT
 *
 * LIST has lines `file <tab> start seconds <tab> length seconds`. Writes OUT.f32 (each passage 252 × frames
 * little-endian floats, one after the other) and OUT.tsv (the line, frames, tuning in semitones; frames is 0 where
 * the file could not be decoded). Decoding is left to the ffmpeg program.
 */
import { spawnSync } from 'node:child_process';
import { closeSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { keyInput } from '../../src/analyser/key/input.ts';
import { tunedConstantQ } from '../../src/analyser/representations/chroma/analysis.ts';
import { SAMPLE_RATE } from '../../src/analyser/representations/chroma/constant-q.ts';

/** Mono samples of a passage at the front end's rate; empty where ffmpeg fails. */
function decode(file: string, start: string, seconds: string): Float32Array {
  const { stdout } = spawnSync(
    'ffmpeg',
    ['-v', 'error', '-ss', start, '-t', seconds, '-i', file, '-ac', '1', '-ar', `${SAMPLE_RATE}`].concat([
      '-f',
      'f32le',
      '-',
    ]),
    { maxBuffer: 2 ** 30 },
  );
  return new Float32Array(stdout.buffer.slice(stdout.byteOffset, stdout.byteOffset + (stdout.length & ~3)));
}

const [list, out] = process.argv.slice(2);
if (!list || !out) throw new Error('usage: features.ts LIST.tsv OUT');
const lines = readFileSync(list, 'utf8').split('\n').filter(Boolean);
const binary = openSync(`${out}.f32`, 'w');
const index: string[] = [];
let busy = 0;
let heard = 0;
for (const [number, line] of lines.entries()) {
  const [file = '', start = '0', seconds = '30'] = line.split('\t');
  const pcm = decode(file, start, seconds);
  if (pcm.length < SAMPLE_RATE) {
    index.push(`${line}\t0\t0`);
    continue;
  }
  const begin = performance.now();
  const cqt = tunedConstantQ(pcm);
  const input = keyInput(cqt);
  busy += performance.now() - begin;
  heard += pcm.length / SAMPLE_RATE;
  writeSync(binary, new Uint8Array(input.data.buffer));
  index.push(`${line}\t${input.frames}\t${cqt.semitoneTuning.toFixed(2)}`);
  if (number % 200 === 199) console.error(`${number + 1}/${lines.length}`);
}
closeSync(binary);
writeFileSync(`${out}.tsv`, `${index.join('\n')}\n`);
console.error(`front end: ${((heard * 1000) / busy).toFixed(0)} x real time`);
