import { join } from 'node:path';
import { Tensor } from 'onnxruntime-node';
import { openSession } from '../../onnx/session.ts';
import type { RepresentationFactory } from '../index.ts';
import { CHOI_BANDS, CHOI_FRAMES, CHOI_RATE, ChoiMel } from './mel.ts';

/**
 * `choi`, 160 numbers: the average activations of the five layers of the convnet of Choi, Fazekas, Sandler & Cho
 * (2017), 32 each, layer 0 first.
 */
export const choi: RepresentationFactory = async ({ installed }) => {
  const model = installed.get('choi');
  if (!model) return [];
  let mel: ChoiMel | undefined;
  let session: ReturnType<typeof openSession> | undefined;
  return [
    {
      id: 'choi',
      version: model.version,
      sampleRate: CHOI_RATE,
      dimension: 160,
      minimumSeconds: 3,
      async compute(window) {
        mel ??= new ChoiMel();
        session ??= openSession(join(model.folder, 'choi.onnx'));
        const input = new Tensor('float32', mel.compute(window.pcm(CHOI_RATE)), [
          1,
          1,
          CHOI_BANDS,
          CHOI_FRAMES,
        ]);
        const { activations } = await (await session).run({ mel: input });
        return activations!.data as Float32Array;
      },
    },
  ];
};
