/**
 * MusicGen's representation beside transformers in PyTorch, from samples to the pooled vector, in one interleaved run.
 *
 *   node bench/musicgen.ts --model <installed folder> --checkpoint <folder> --python <python with torch, transformers>
 *     [--rounds 5] [--threads 2] [--peers user,cut,user-compiled,cut-compiled] [--json]
 *
 * Without the published weights at hand, a checkpoint of the published size and random weights does for speed:
 *
 *   python scripts/musicgen-full-size.py make DIR && python scripts/musicgen-full-size.py listen DIR   # also audio.f32
 *   node scripts/musicgen-full-size.ts DIR build                                                       # DIR/installed
 *
 * Every contender is a process of its own and they take turns, so that what else runs on the machine meets all of
 * them. Figures are the shortest of the rounds; CPU seconds stand beside them. How the shares of the machine's matrix
 * rate are counted: docs/musicgen.md.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { cosine } from '../src/analyser/onnx/similarity.ts';
import { workerEnvironment } from '../src/main/host/node-host.ts';
import { parseConfig } from '../src/main/models/musicgen/config.ts';
import { MUSICGEN_FILE, parseMusicgenModel } from '../src/shared/musicgen-model.ts';
import { Contender } from './musicgen/contender.ts';
import {
  attentionProducts,
  convolutionProducts,
  linearProducts,
  lstmProducts,
  operations,
  quantiserProducts,
} from './musicgen/shapes.ts';

const { values: options } = parseArgs({
  options: {
    model: { type: 'string' },
    checkpoint: { type: 'string' },
    python: { type: 'string' },
    rounds: { type: 'string', default: '5' },
    threads: { type: 'string', default: '2' },
    peers: { type: 'string', default: 'user,cut,user-compiled,cut-compiled' },
    json: { type: 'boolean', default: false },
  },
});
const { checkpoint, python } = options;
if (!options.model || !checkpoint) {
  console.error('usage: node bench/musicgen.ts --model <folder> --checkpoint <folder> [--python <python>]');
  process.exit(2);
}
const model = parseMusicgenModel(readFileSync(join(options.model, MUSICGEN_FILE), 'utf8'));
const config = parseConfig(readFileSync(join(checkpoint, 'config.json'), 'utf8'));
const layer = model.defaultState;
const audio = join(checkpoint, 'audio.f32');
const samples = readFileSync(audio).length / 4;
const frames = Math.ceil(samples / model.audio.hop);
const piece = Math.min(frames, model.codec.features.pieceFrames + 2 * model.codec.features.haloFrames);

const script = (name: string) => join(import.meta.dirname, 'musicgen', name);
const common = ['--threads', options.threads];
const contenders: Contender[] = [];

async function start(name: string, command: string, args: readonly string[]): Promise<Contender> {
  if (!options.json) console.error(`starting ${name}`);
  // PyTorch's threads would spin between their turns and slow the others down.
  const contender = await Contender.start(name, command, [...args, ...common], {
    OMP_WAIT_POLICY: 'PASSIVE',
    ...(command === process.execPath ? workerEnvironment('analyser/worker') : {}),
  });
  contenders.push(contender);
  return contender;
}

const ours = (precision: string) =>
  start(`ours ${precision}`, process.execPath, [
    ...[script('ours.ts'), '--model', options.model!, '--audio', audio],
    ...['--precision', precision, '--layer', String(layer)],
  ]);
const matmul = await start('matrix products', process.execPath, [
  ...[script('matmul.ts'), '--config', join(checkpoint, 'config.json'), '--frames', String(frames)],
  ...['--piece', String(piece), '--depth', String(layer)],
]);
const fp32 = await ours('fp32');
const hasInt8 = model.decoders.some(({ precision }) => precision === 'int8');
const int8 = hasInt8 ? await ours('int8') : undefined;
const peers = new Map<string, Contender>();
for (const peer of python ? options.peers.split(',').filter(Boolean) : []) {
  const [how = '', compiled] = peer.split('-');
  const args = [script('peer.py'), '--checkpoint', checkpoint, '--audio', audio, '--layer', String(layer)];
  const name = `transformers, ${how === 'user' ? 'as a user runs it' : 'cut'}${compiled ? ', compiled' : ''}`;
  const flags = ['--how', how, ...(compiled ? ['--compile'] : [])];
  peers.set(peer, await start(name, python!, [...args, ...flags]));
}

for (let round = 0; round < Number(options.rounds); round++) {
  for (const contender of contenders) {
    const { seconds } = await contender.run();
    if (!options.json) console.error(`round ${round + 1}: ${contender.name} ${seconds.toFixed(2)} s`);
  }
}
const endings = new Map<Contender, Awaited<ReturnType<Contender['end']>>>();
for (const contender of contenders) endings.set(contender, await contender.end());

const truth = Float32Array.from(endings.get(peers.get('user') ?? peers.get('cut') ?? fp32)!.vector ?? []);
const rows = contenders
  .filter((contender) => contender !== matmul)
  .map((contender) => {
    const { seconds, cpuSeconds, parts } = contender.best;
    const { peakBytes, vector } = endings.get(contender)!;
    return {
      name: contender.name,
      seconds,
      cpuSeconds,
      peakMegabytes: Math.round(peakBytes / 1e6),
      cosine: vector ? cosine(Float32Array.from(vector), truth) : undefined,
      parts,
    };
  });

const rate = (name: string, done: number) => done / matmul.best.parts![name]! / 1e9;
const { inputs, steps } = lstmProducts(config, frames);
const linear = operations(linearProducts(config, frames, layer));
const convolutions = operations(convolutionProducts(config, frames));
const rates = {
  // What the machine can do at all: the faster of two forms of the same products.
  linear: Math.max(rate('linear', linear), rate('linearConvolutions', linear)),
  convolutions: rate('convolutions', operations(convolutionProducts(config, piece))),
  lstmInputs: rate('lstmInputs', operations(inputs) / inputs.length),
  lstmSteps: rate('lstmSteps', operations(steps) / inputs.length),
};
const parts = fp32.best.parts!;
const decoderRate = (linear + operations(attentionProducts(config, frames, layer))) / parts.decoder! / 1e9;
const quantiser = quantiserProducts(config, frames);
const codec = convolutions + operations([...inputs, ...steps, ...quantiser]);
const codecSeconds = parts.features! + parts.codes!;
/** Seconds that the codec's products alone take: those of each shape at the rate of that shape. */
const codecLeast =
  (convolutions / rates.convolutions +
    operations(inputs) / rates.lstmInputs +
    operations(steps) / rates.lstmSteps +
    operations(quantiser) / rates.linear) /
  1e9;
const shares = {
  decoder: decoderRate / rates.linear,
  convolutions: convolutions / parts.features! / 1e9 / rates.convolutions,
  codec: codecLeast / codecSeconds,
  codecOfLinear: codec / codecSeconds / 1e9 / rates.linear,
};
/** How many times the other's seconds, and CPU seconds, are ours. */
const times = (theirs: Contender, mine: Contender) => ({
  seconds: theirs.best.seconds / mine.best.seconds,
  cpuSeconds: theirs.best.cpuSeconds / mine.best.cpuSeconds,
});
const ratios = [...peers].map(([peer, contender]) => ({
  peer,
  fp32: times(contender, fp32),
  ...(int8 ? { int8: times(contender, int8) } : {}),
}));

if (options.json) {
  console.log(JSON.stringify({ frames, layer, rows, rates, shares, ratios }, null, 1));
} else {
  const two = (x: number | undefined) => (x === undefined ? '' : x.toFixed(2));
  console.log(
    `${(samples / model.audio.sampleRate).toFixed(2)} s of sound, layer ${layer}, ${options.threads} threads`,
  );
  for (const { name, seconds, cpuSeconds, peakMegabytes, cosine, parts } of rows) {
    const stages = Object.entries(parts ?? {}).map(([part, s]) => `${part} ${two(s)}`);
    console.log(
      `${name.padEnd(42)} ${two(seconds).padStart(6)} s  ${two(cpuSeconds).padStart(6)} CPU s  ` +
        `${peakMegabytes} MB  cosine ${cosine?.toFixed(6)}  ${stages.join(', ')}`,
    );
  }
  for (const { peer, fp32, int8 } of ratios) {
    const eight = int8 ? `, int8 ${two(int8.seconds)} × (CPU ${two(int8.cpuSeconds)} ×)` : '';
    console.log(`${peer}: fp32 ${two(fp32.seconds)} × (CPU ${two(fp32.cpuSeconds)} ×)${eight}`);
  }
  console.log(
    `GFLOP/s of products alone: linear ${rates.linear.toFixed(0)}, convolutions ${rates.convolutions.toFixed(0)}, ` +
      `LSTM ${rates.lstmInputs.toFixed(0)} and ${rates.lstmSteps.toFixed(0)}; decoder ${decoderRate.toFixed(0)}`,
  );
  console.log(
    `shares: decoder ${two(shares.decoder)}, EnCodec of its own shapes ${two(shares.codec)} ` +
      `(convolutions ${two(shares.convolutions)}), of the linear rate ${two(shares.codecOfLinear)}`,
  );
}
