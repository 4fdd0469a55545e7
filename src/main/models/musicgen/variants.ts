import type { MusicgenDecoder } from '../../../shared/musicgen-model.ts';
import type { GraphBuilder } from '../onnx/graph.ts';
import { type Arithmetic, floating, int8 } from './arithmetic.ts';
import type { Checkpoint } from './checkpoint.ts';
import type { QuantisedMatrix } from './quantise.ts';

/** A way to write the decoder; each is written at every depth. */
export interface Variant extends Pick<MusicgenDecoder, 'precision' | 'operators' | 'sessionConfig'> {
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
  const half = (graph: GraphBuilder) => floating(graph, checkpoint, 'float16');
  return [
    {
      precision: 'fp32',
      operators: 'standard',
      arithmetic: (graph) => floating(graph, checkpoint, 'float32'),
      attention: 'chunked',
      sessionConfig: MAPPED,
    },
    {
      precision: 'int8',
      operators: 'ort-cpu',
      arithmetic: (graph) => int8(graph, checkpoint, quantised),
      attention: 'chunked',
      // Matrices in 8 bits are some 5 % faster in ONNX Runtime's own layout, and small enough to be copied.
      sessionConfig: {},
    },
    { precision: 'fp16', operators: 'standard', arithmetic: half, attention: 'chunked', sessionConfig: {} },
    { precision: 'fp16', operators: 'ort-cuda', arithmetic: half, attention: 'fused', sessionConfig: {} },
  ];
}
