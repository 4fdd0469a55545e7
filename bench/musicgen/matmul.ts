/**
 * What the machine can multiply: ONNX graphs of nothing but the products of MusicGen's shapes, weights constant as in
 * the nets. A run does the decoder's linear layers (as matrix products and as convolutions), one piece of EnCodec's
 * convolutions, and one layer of its LSTM.
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { parseConfig } from '../../src/main/models/musicgen/config.ts';
import { GraphBuilder, type Value } from '../../src/main/models/onnx/graph.ts';
import { serveRuns } from './serve.ts';
import { convolutionProducts, linearProducts, lstmProducts, type Product } from './shapes.ts';

const { values: options } = parseArgs({
  options: {
    config: { type: 'string', default: '' },
    frames: { type: 'string', default: '1500' },
    piece: { type: 'string', default: '104' },
    depth: { type: 'string', default: '12' },
    threads: { type: 'string', default: '2' },
  },
});

let state = 1;
/** Small numbers without a pattern, such that long chains neither vanish nor overflow. */
function numbers(count: number, scale: number): Float32Array {
  const data = new Float32Array(count);
  for (let i = 0; i < count; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    data[i] = (state / 2 ** 31 - 1) * scale;
  }
  return data;
}

/** Weights that keep the size of what they multiply. */
const weights = (g: GraphBuilder, name: string, [a, b]: readonly [number, number], inner: number): Value =>
  g.constant(name, numbers(a * b, Math.sqrt(3 / inner)), [a, b]);

/** One product's result is the next one's operand, so that none can be left out or computed once for several. */
function chain(products: readonly Product[]): Uint8Array {
  const g = new GraphBuilder('chain');
  const { rows, inner } = products[0]!;
  let x = g.input('x0', 'float32', [rows, inner]);
  // Two layers' weights are three times the cache; more would only fill memory.
  const distinct = products.slice(0, 12).map((p, i) => weights(g, `w${i}`, [p.inner, p.columns], p.inner));
  for (const i of products.keys()) x = g.op('MatMul', [x, distinct[i % distinct.length]!]);
  g.output('y', x, 'float32', [rows, products.at(-1)!.columns]);
  return g.encode();
}

/**
 * The same as convolutions of one element, which ONNX Runtime has other code for on x64 processors: the weights
 * transposed, rows and columns of the data likewise.
 */
function chainOfConvolutions(products: readonly Product[]): Uint8Array {
  const g = new GraphBuilder('chain');
  const { rows, inner } = products[0]!;
  let x = g.input('x0', 'float32', [1, inner, 1, rows]);
  const distinct = products.slice(0, 12).map((p, i) => {
    const data = numbers(p.columns * p.inner, Math.sqrt(3 / p.inner));
    return g.constant(`w${i}`, data, [p.columns, p.inner, 1, 1]);
  });
  for (const i of products.keys()) x = g.op('Conv', [x, distinct[i % distinct.length]!]);
  g.output('y', x, 'float32', [1, products.at(-1)!.columns, 1, rows]);
  return g.encode();
}

/** Filters by what im2col makes of the samples. Only a corner of each result leaves the graph. */
function beside(products: readonly Product[]): Uint8Array {
  const g = new GraphBuilder('beside');
  for (const [i, { rows, inner, columns }] of products.entries()) {
    const x = g.input(`x${i}`, 'float32', [inner, columns]);
    const y = g.op('MatMul', [weights(g, `w${i}`, [rows, inner], inner), x]);
    const corner = g.op('Slice', [y, g.ints(0, 0), g.ints(1, 1), g.ints(0, 1)]);
    g.output(`y${i}`, corner, 'float32', [1, 1]);
  }
  return g.encode();
}

/** Rows that can only be multiplied one after another, as in an LSTM: a Scan. */
function steps(products: readonly Product[]): Uint8Array {
  const { inner, columns } = products[0]!;
  const body = new GraphBuilder('step');
  const h = body.input('h', 'float32', [1, inner]);
  body.input('t', 'float32', [1]);
  const all = body.op('MatMul', [h, weights(body, 'w', [inner, columns], inner)]);
  const first = body.op('Slice', [all, body.ints(0), body.ints(inner), body.ints(1)]);
  body.output('next', first, 'float32', [1, inner]);
  const g = new GraphBuilder('steps');
  const start = g.input('start', 'float32', [1, inner]);
  const clock = g.input('clock', 'float32', [products.length, 1]);
  const end = g.op('Scan', [start, clock], { num_scan_inputs: 1, body: { graph: body.graph() } });
  g.output('end', end, 'float32', [1, inner]);
  return g.encode();
}

const config = parseConfig(readFileSync(options.config, 'utf8'));
const frames = Number(options.frames);
const lstm = lstmProducts(config, frames);
const linear = linearProducts(config, frames, Number(options.depth));
const graphs = {
  linear: chain(linear),
  linearConvolutions: chainOfConvolutions(linear),
  convolutions: beside(convolutionProducts(config, Number(options.piece))),
  lstmInputs: chain([lstm.inputs[0]!]),
  lstmSteps: steps(lstm.steps.slice(0, frames)),
};
const stages: { name: string; session: InferenceSession; feeds: Record<string, Tensor> }[] = [];
for (const [name, bytes] of Object.entries(graphs)) {
  const session = await InferenceSession.create(bytes, {
    intraOpNumThreads: Number(options.threads),
    interOpNumThreads: 1,
    enableCpuMemArena: false,
    logSeverityLevel: 3,
  });
  const feeds: Record<string, Tensor> = {};
  for (const input of session.inputMetadata) {
    const dims = 'shape' in input ? input.shape.map(Number) : [];
    const count = dims.reduce((a, b) => a * b, 1);
    feeds[input.name] = new Tensor('float32', numbers(count, 1), dims);
  }
  stages.push({ name, session, feeds });
}

await serveRuns(async () => {
  const parts: Record<string, number> = {};
  for (const { name, session, feeds } of stages) {
    const began = performance.now();
    await session.run(feeds);
    parts[name] = (performance.now() - began) / 1000;
  }
  return parts;
});
