import { spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findInstalled } from '../../src/analyser/installed.ts';
import { openBuiltinKeyNet } from '../../src/analyser/key/builtin.ts';
import { KEY_SOURCES, type KeySource } from '../../src/analyser/key/fusion.ts';
import { PreparedWindow } from '../../src/analyser/prepared-window.ts';
import { keynetRepresentations } from '../../src/analyser/representations/keynet/index.ts';
import { skeyRepresentations } from '../../src/analyser/representations/skey/index.ts';

const RATES = [22_050, 44_100] as const;

/** What the three nets say of one passage: ln of their 24 probabilities (the built-in net's with its temperature 1). */
export interface Heard {
  /** `file <tab> start <tab> seconds`. */
  readonly line: string;
  readonly logits: Readonly<Record<KeySource, readonly number[]>>;
}

/** Mono samples of a passage; empty where ffmpeg fails. */
function decode(file: string, start: string, seconds: string, rate: number): Float32Array {
  const { stdout } = spawnSync(
    'ffmpeg',
    `-v error -ss ${start} -t ${seconds} -i`
      .split(' ')
      .concat([file], `-ac 1 -ar ${rate} -f f32le -`.split(' ')),
    { maxBuffer: 2 ** 30 },
  );
  return new Float32Array(stdout.buffer.slice(stdout.byteOffset, stdout.byteOffset + (stdout.length & ~3)));
}

/** A function that listens to passages, with what it heard before kept in `cache`: it is slow, training is not. */
export async function listener(
  modelsFolder: string,
  installedFolder: string,
  cache: string,
): Promise<{ hear(lines: readonly string[]): Promise<Heard[]>; versions: Record<KeySource, string> }> {
  const installed = await findInstalled(installedFolder);
  const [keynet] = await keynetRepresentations({ installed });
  const [skey] = await skeyRepresentations({ installed });
  const builtin = await openBuiltinKeyNet(modelsFolder);
  if (!keynet || !skey || !builtin) throw new Error(`Install skey and keynet in ${installedFolder} first.`);

  const known = new Map<string, Heard>();
  if (existsSync(cache)) {
    for (const row of readFileSync(cache, 'utf8').split('\n').filter(Boolean)) {
      const heard = JSON.parse(row) as Heard;
      known.set(heard.line, heard);
    }
  }

  async function listen(line: string): Promise<Heard | undefined> {
    const [file = '', start = '0', seconds = '30'] = line.split('\t');
    const pcm = new Map(RATES.map((rate) => [rate, decode(file, start, seconds, rate)]));
    const length = pcm.get(RATES[0])!.length / RATES[0];
    if (length < 4) return undefined;
    const window = new PreparedWindow(0, length, pcm);
    const round = (values: ArrayLike<number>) => Array.from(values, (x) => Math.round(x * 1e5) / 1e5);
    return {
      line,
      logits: {
        'builtin-key': round(logSoftmax(await builtin!.logits(window))),
        keynet: round(await window.vector(keynet!)),
        skey: round(await window.vector(skey!)),
      },
    };
  }

  return {
    versions: { 'builtin-key': builtin.manifest.version, keynet: keynet.version, skey: skey.version },
    async hear(lines) {
      const all: Heard[] = [];
      for (const line of lines) {
        let heard = known.get(line);
        if (!heard) {
          heard = await listen(line);
          if (!heard) continue;
          appendFileSync(cache, `${JSON.stringify(heard)}\n`);
          known.set(line, heard);
        }
        all.push(heard);
      }
      return all;
    },
  };
}

/** ln of the softmax. */
export function logSoftmax(logits: ArrayLike<number>): number[] {
  const values = Array.from(logits);
  const largest = Math.max(...values);
  const total = largest + Math.log(values.reduce((sum, x) => sum + Math.exp(x - largest), 0));
  return values.map((x) => x - total);
}

/** Every combination of nets with S-KEY or KeyNet in it: what `standard-key` may meet. */
export const COMBINATIONS: readonly (readonly KeySource[])[] = Array.from(
  { length: 2 ** KEY_SOURCES.length },
  (_, bits) => KEY_SOURCES.filter((_source, i) => (bits >> i) & 1),
).filter((sources) => sources.some((source) => source !== 'builtin-key'));

/** Rendered clips of a folder that `scripts/train-key/render.py` wrote, with their key. */
export function renderedClips(folder: string, split: string): { line: string; key: string; piece: string }[] {
  return (
    readFileSync(join(folder, 'index.tsv'), 'utf8')
      .trim()
      .split('\n')
      .slice(1)
      .map((row) => row.split('\t'))
      // Tuned half-way between two keys, there is no telling which one it is in.
      .filter(([, of, , , cents]) => of === split && Math.abs(Number(cents)) <= 40)
      .map(([file = '', , piece = '', key = '']) => ({ line: `${join(folder, file)}\t0\t30`, key, piece }))
  );
}
