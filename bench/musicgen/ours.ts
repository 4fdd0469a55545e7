/** Our side of `bench/musicgen.ts`: the analyser's own classes, from samples to the default layer's vector. */
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import type { InferenceSession } from 'onnxruntime-node';
import { largeNetOpener, type SessionOpener } from '../../src/analyser/onnx/session.ts';
import { decodersOf } from '../../src/analyser/representations/musicgen/candidates.ts';
import { MusicgenNet } from '../../src/analyser/representations/musicgen/net.ts';
import type { Precision } from '../../src/shared/device.ts';
import { MUSICGEN_FILE, parseMusicgenModel } from '../../src/shared/musicgen-model.ts';
import { serveRuns } from './serve.ts';

const { values: options } = parseArgs({
  options: {
    model: { type: 'string', default: '' },
    audio: { type: 'string', default: '' },
    precision: { type: 'string', default: 'fp32' },
    layer: { type: 'string' },
    threads: { type: 'string', default: '2' },
  },
});

const threads = Number(options.threads);
const parts: Record<string, number> = {};
const openLarge = largeNetOpener(threads);

/** A session whose runs are timed, by its file's name. */
const open: SessionOpener = async (file, provider, config) => {
  const session = await openLarge(file, provider, config);
  const stage = basename(file)
    .replace(/^decoder.*/, 'decoder')
    .replace(/^encodec-|-inner|\.onnx$/g, '');
  const run = session.run.bind(session);
  const timed = async (feeds: InferenceSession.FeedsType) => {
    const began = performance.now();
    const result = await run(feeds);
    parts[stage] = (parts[stage] ?? 0) + (performance.now() - began) / 1000;
    return result;
  };
  return Object.assign(session, { run: timed });
};

const model = parseMusicgenModel(readFileSync(join(options.model, MUSICGEN_FILE), 'utf8'));
const bytes = readFileSync(options.audio);
const samples = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
const layer = Number(options.layer ?? model.defaultState);
const decoders = decodersOf(model, 'cpu', options.precision as Precision);
const net = new MusicgenNet({ model, folder: options.model, provider: 'cpu', decoders, open, threads });
let vector: Float32Array | undefined;

await serveRuns(
  async () => {
    for (const stage of Object.keys(parts)) delete parts[stage];
    const [states] = await net.run([{ samples, depth: layer }]);
    vector = states![layer];
    return { ...parts };
  },
  () => vector && [...vector],
);
