import { QUERY_CHUNKS } from '../../src/main/models/musicgen/attention.ts';
import type { MusicgenConfig } from '../../src/main/models/musicgen/config.ts';
import { codecLayers, convolutions } from '../../src/main/models/musicgen/tensors.ts';

/** A matrix product [rows, inner] × [inner, columns]. */
export interface Product {
  readonly rows: number;
  readonly inner: number;
  readonly columns: number;
}

/** Floating-point operations of products: a multiplication and an addition each. */
export const operations = (products: readonly Product[]): number =>
  products.reduce((sum, { rows, inner, columns }) => sum + 2 * rows * inner * columns, 0);

/** The linear layers of a decoder for a window, in order; each gives what the next one can take. */
export function linearProducts({ decoder }: MusicgenConfig, frames: number, depth: number): Product[] {
  const rows = frames + decoder.codebooks;
  const square = { rows, inner: decoder.hidden, columns: decoder.hidden };
  const layer = [
    ...[square, square, square, square],
    { rows, inner: decoder.hidden, columns: decoder.feedForward },
    { rows, inner: decoder.feedForward, columns: decoder.hidden },
  ];
  return Array.from({ length: depth }, () => layer).flat();
}

/** What attention multiplies: queries in chunks, each with the keys up to its end, then the same with the values. */
export function attentionProducts({ decoder }: MusicgenConfig, frames: number, depth: number): Product[] {
  const length = frames + decoder.codebooks;
  const width = decoder.hidden / decoder.heads;
  const products: Product[] = [];
  for (let chunk = 0; chunk < QUERY_CHUNKS; chunk++) {
    const begin = Math.floor((chunk * length) / QUERY_CHUNKS);
    const end = Math.floor(((chunk + 1) * length) / QUERY_CHUNKS);
    const rows = end - begin;
    products.push({ rows, inner: width, columns: end }, { rows, inner: end, columns: width });
  }
  return Array.from({ length: depth * decoder.heads }, () => products).flat();
}

/** Convolutions in front of the LSTM as the products that they are: filters × (inputs · kernel) × positions. */
export function convolutionProducts({ codec }: MusicgenConfig, frames: number): Product[] {
  const layers = codecLayers(codec);
  let length = frames * codec.hop;
  return convolutions(layers)
    .filter((conv) => conv !== layers.last)
    .map(({ inputs, outputs, kernel, stride }) => {
      length /= stride;
      return { rows: outputs, inner: inputs * kernel, columns: length };
    });
}

/** What the LSTM multiplies with all frames at once, and what it multiplies frame by frame. */
export function lstmProducts(
  { codec }: MusicgenConfig,
  frames: number,
): { inputs: Product[]; steps: Product[] } {
  const gates = { inner: codec.channels, columns: 4 * codec.channels };
  const layers = Array.from({ length: codec.lstmLayers });
  return {
    inputs: layers.map(() => ({ rows: frames, ...gates })),
    steps: layers.flatMap(() => Array.from({ length: frames }, () => ({ rows: 1, ...gates }))),
  };
}

/** The rest of the codec: the last convolution and the search for codewords. */
export function quantiserProducts({ codec, decoder }: MusicgenConfig, frames: number): Product[] {
  const { last } = codecLayers(codec);
  const search = { rows: frames, inner: codec.latent, columns: codec.codebookSize };
  return [
    { rows: last.outputs, inner: last.inputs * last.kernel, columns: frames },
    ...Array.from({ length: decoder.codebooks }, () => search),
  ];
}
