import { join } from 'node:path';
import { Tensor } from 'onnxruntime-node';
import { openSession } from '../../onnx/session.ts';
import type { RepresentationFactory } from '../index.ts';

/** Hz. */
const RATE = 22_050;
/** 3¹⁰ samples, 2.7 s: what the net hears at once. */
const SEGMENT = 59_049;
const DIMENSION = 512;

/**
 * `clmr`, 512 numbers: what SampleCNN, trained without labels by Spijkervet & Burgoyne (2021), gives its last layer, the
 * mean over segments of 2.7 s. As their code does (`concat_clip`), segments follow one another from the start, and what
 * is left over at the end is not heard.
 */
export const clmr: RepresentationFactory = async ({ installed }) => {
  const model = installed.get('clmr');
  if (!model) return [];
  let session: ReturnType<typeof openSession> | undefined;
  return [
    {
      id: 'clmr',
      version: model.version,
      sampleRate: RATE,
      dimension: DIMENSION,
      minimumSeconds: 3,
      async compute(window) {
        session ??= openSession(join(model.folder, 'clmr.onnx'));
        const samples = window.pcm(RATE);
        const segments = Math.floor(samples.length / SEGMENT);
        if (segments === 0) throw new RangeError(`${samples.length} samples are less than a segment.`);
        const sum = new Float64Array(DIMENSION);
        for (let segment = 0; segment < segments; segment++) {
          const heard = samples.slice(segment * SEGMENT, (segment + 1) * SEGMENT);
          const { representation } = await (await session).run({
            audio: new Tensor('float32', heard, [1, 1, SEGMENT]),
          });
          const values = representation!.data as Float32Array;
          for (let i = 0; i < DIMENSION; i++) sum[i]! += values[i]!;
        }
        return Float32Array.from(sum, (value) => value / segments);
      },
    },
  ];
};
