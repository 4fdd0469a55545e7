import { GraphBuilder, type Value } from '../onnx/graph.ts';
import type { PyTorchFile } from '../readers/pytorch.ts';
import type { VqVaeConfig } from './jukebox-config.ts';

/**
 * The VQ-VAE's encoder (jukebox/vqvae/encdec.py, resnet.py, bottleneck.py): `pcm` [samples] at 44,100 Hz → `codes`
 * [samples / 128]. The samples are divided by their peak first, as jukemir does.
 */
export async function vqvaeEncoder(
  weights: PyTorchFile,
  prefix: string,
  config: VqVaeConfig,
): Promise<Uint8Array> {
  const graph = new GraphBuilder('jukebox-vqvae');
  const pcm = graph.input('pcm', 'float32', ['samples']);
  const peak = graph.op('ReduceMax', [graph.op('Abs', [pcm])]);
  const level = graph.op('Div', [pcm, graph.op('Max', [peak, graph.float(1e-30)])]);
  const { level: top, width, embedding, halvings } = config;

  async function convolution(
    x: Value,
    name: string,
    shape: readonly number[],
    attributes: Record<string, number[]>,
  ) {
    const weight = graph.constant(`${name}.weight`, await weights.floats(`${name}.weight`, shape), shape);
    const bias = graph.constant(`${name}.bias`, await weights.floats(`${name}.bias`, [shape[0]!]), [
      shape[0]!,
    ]);
    return graph.op('Conv', [x, weight, bias], { kernel_shape: [shape[2]!], ...attributes });
  }

  let x = graph.op('Reshape', [level, graph.ints(1, 1, -1)]);
  let channels = 1;
  for (const [block, times] of halvings.entries()) {
    const name = `${prefix}encoders.${top}.level_blocks.${block}.model`;
    for (let i = 0; i < times; i++) {
      x = await convolution(x, `${name}.${i}.0`, [width, channels, 4], { strides: [2], pads: [1, 1] });
      channels = width;
      for (let j = 0; j < config.depth; j++) {
        const inner = `${name}.${i}.1.model.${j}.model`;
        const dilation = config.dilationGrowth ** j;
        const wide = await convolution(graph.op('Relu', [x]), `${inner}.1`, [width, width, 3], {
          dilations: [dilation],
          pads: [dilation, dilation],
        });
        const narrow = await convolution(graph.op('Relu', [wide]), `${inner}.3`, [width, width, 1], {});
        x = graph.op('Add', [x, narrow]);
      }
    }
    x = await convolution(x, `${name}.${times}`, [embedding, width, 3], { pads: [1, 1] });
    channels = embedding;
  }
  graph.output('codes', await nearest(graph, weights, prefix, config, x), 'int64', ['codes']);
  return graph.encode();
}

/** The index of the nearest codeword of each step: the least of ‖k‖² − 2 x·k, for ‖x‖² is the same for all k. */
async function nearest(
  graph: GraphBuilder,
  weights: PyTorchFile,
  prefix: string,
  { level, bins, embedding }: VqVaeConfig,
  x: Value,
): Promise<Value> {
  const codebook = await weights.floats(`${prefix}bottleneck.level_blocks.${level}.k`, [bins, embedding]);
  const norms = Float32Array.from({ length: bins }, (_, bin) =>
    codebook.subarray(bin * embedding, (bin + 1) * embedding).reduce((sum, k) => sum + k * k, 0),
  );
  const steps = graph.op('Transpose', [graph.op('Squeeze', [x, graph.ints(0)])], { perm: [1, 0] });
  const distances = graph.op(
    'Gemm',
    [steps, graph.constant('codebook', codebook, [bins, embedding]), graph.constant('norms', norms, [bins])],
    { transB: 1, alpha: { float: -2 } },
  );
  return graph.op('ArgMin', [distances], { axis: 1, keepdims: 0 });
}
