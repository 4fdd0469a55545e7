import type { Float32Source } from '../../../../src/main/models/recipes/float32-source.ts';
import { noise } from '../../../analyser/signals.ts';

/** Noise of the reference scripts, scaled. */
export function randomWeights(count: number, scale: number): Float32Array {
  return Float32Array.from(noise(count), (value) => value * scale);
}

/** The weights of tests/reference/choi.py. */
export const randomChoi: Float32Source = {
  float32(path, shape) {
    const scale = { W: 3, b: 5, gamma: 2, beta: 1 }[/_(W|b|gamma|beta)$/.exec(path)?.[1] ?? ''];
    if (scale === undefined) throw new Error(`The recipe asks for ${path}.`);
    return randomWeights(
      shape.reduce((product, d) => product * d, 1),
      scale,
    );
  },
};

/** The variables of tests/reference/musicnn_net.py. */
export const randomMusicnn: Float32Source = {
  float32(name, shape) {
    const scales = { kernel: 0.05, bias: 0.1, gamma: 1, beta: 0.3, moving_mean: 0.3, moving_variance: 0.5 };
    const kind = name.split('/')[1] as keyof typeof scales;
    const values = randomWeights(
      shape.reduce((product, d) => product * d, 1),
      scales[kind],
    );
    return kind === 'moving_variance' ? values.map((value) => value + 1) : values;
  },
};
