import type { MusicgenDecoder } from '../../../shared/musicgen-model.ts';
import type { GraphBuilder } from '../onnx/graph.ts';
import { type Arithmetic, convolutions, floating, int8 } from './arithmetic.ts';
import type { Checkpoint } from './checkpoint.ts';
import type { QuantisedMatrix } from './quantise.ts';

/** A way to write the decoder. */
export interface Variant extends Pick<MusicgenDecoder, 'precision' | 'operators' | 'sessionConfig'> {
  /** Whether it is written with all layers, too, where these are wanted: not what would copy twice as many weights. */
  readonly deep: boolean;
  readonly arithmetic: (graph: GraphBuilder) => Arithmetic;
  readonly attention: 'chunked' | 'fused';
}

/** Keeps weights mapped from their file instead of copied into a layout of ONNX Runtime's own; as fast in float32. */
const MAPPED = { disable_prepacking: '1' };

/** Every way, of which the analyser chooses by trial. */
export function variants(
  checkpoint: Checkpoint,
  quantised: ReadonlyMap<string, QuantisedMatrix>,
): readonly Variant[] {
  const fp16 = {
    precision: 'fp16',
    arithmetic: (graph: GraphBuilder) => floating(graph, checkpoint, 'float16'),
    sessionConfig: {},
    deep: true,
  } as const;
  return [
    {
      precision: 'fp32',
      operators: 'standard',
      arithmetic: (graph) => floating(graph, checkpoint, 'float32'),
      attention: 'chunked',
      sessionConfig: MAPPED,
      deep: true,
    },
    {
      precision: 'fp32',
      operators: 'ort-x64',
      arithmetic: (graph) => convolutions(graph, checkpoint),
      attention: 'chunked',
      sessionConfig: {},
      deep: false,
    },
    {
      precision: 'int8',
      operators: 'ort-cpu',
      arithmetic: (graph) => int8(graph, checkpoint, quantised),
      attention: 'chunked',
      // Matrices in 8 bits are some 5 % faster in ONNX Runtime's own layout, and small enough to be copied.
      sessionConfig: {},
      deep: true,
    },
    { ...fp16, operators: 'standard', attention: 'chunked' },
    { ...fp16, operators: 'ort-cuda', attention: 'fused' },
  ];
}
