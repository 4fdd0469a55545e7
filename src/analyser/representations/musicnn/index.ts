import type { PreparedWindow } from '../../prepared-window.ts';
import type { RepresentationFactory } from '../index.ts';
import type { Representation } from '../representation.ts';
import { MUSICNN_RATE, MusicnnMel } from './mel.ts';
import { MusicnnNet, type MusicnnOutput } from './net.ts';

/**
 * MSD_musicnn of Pons & Serra (2019), over patches of 3 s, one each second: `musicnn`, 200 numbers, the mean of its
 * penultimate layer (behind the normalisation); `musicnn-tags`, 50 numbers, the mean of its tag activations (0..1), in
 * the order of `tags.ts`.
 */
export const musicnn: RepresentationFactory = async ({ installed }) => {
  const model = installed.get('musicnn');
  if (!model) return [];
  let mel: MusicnnMel | undefined;
  let net: Promise<MusicnnNet> | undefined;
  const listen = (window: PreparedWindow): Promise<MusicnnOutput> =>
    window.memo('musicnn', async () => {
      mel ??= new MusicnnMel();
      net ??= MusicnnNet.open(model.folder);
      const { frames, values } = mel.compute(window.pcm(MUSICNN_RATE));
      return (await net).run(values, frames);
    });
  const representation = (id: string, dimension: number, part: 'penultimate' | 'tags'): Representation => ({
    id,
    version: model.version,
    sampleRate: MUSICNN_RATE,
    dimension,
    minimumSeconds: 3,
    async compute(window) {
      const output = await listen(window);
      return meanOfRows(output[part], output.patches, dimension);
    },
  });
  return [representation('musicnn', 200, 'penultimate'), representation('musicnn-tags', 50, 'tags')];
};

function meanOfRows(values: Float32Array, rows: number, columns: number): Float32Array {
  const sum = new Float64Array(columns);
  for (let i = 0; i < rows * columns; i++) sum[i % columns]! += values[i]!;
  return Float32Array.from(sum, (value) => value / rows);
}
