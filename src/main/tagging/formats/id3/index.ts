/** ID3v2 tags, wherever they stand: at the front of a file or inside a chunk. */
export { type Id3Options, PADDING, planId3, type SeedFrame } from './plan.ts';
export { readId3, readId3Values, valuesOfSeed } from './read.ts';
export { type Id3Tag, parseId3 } from './tag.ts';
export { id3Units } from './units.ts';
