import type { DatasetKind } from './datasets/dataset.ts';

/**
 * Test rows of the protocol, clips of fault-filtered GTZAN and songs of GiantSteps: only a figure on all of them can
 * stand beside the seed's.
 */
export const COMPARABLE_ROWS: Readonly<Partial<Record<DatasetKind, number>>> = {
  gtzan: 290,
  giantsteps: 604,
};

/** A row of the seed's table: representations of ours that it is compared with, and its figures. */
export interface SeedRow {
  readonly name: string;
  /** Ids of ours, by their beginning: `musicgen` stands for `musicgen-small`, `musicgen-small:12` and so on. */
  readonly ours: readonly string[];
  /** Accuracy on fault-filtered GTZAN. */
  readonly genre: number;
  /** MIREX weighted score on GiantSteps. */
  readonly key: number;
}

/** The seed's table: probing by the protocol of Castellon et al. (2021). */
export const SEED_TABLE: readonly SeedRow[] = [
  { name: 'CHROMA', ours: ['chroma'], genre: 0.328, key: 0.565 },
  { name: 'MFCC', ours: ['mfcc'], genre: 0.448, key: 0.146 },
  { name: 'CHOI', ours: ['choi'], genre: 0.759, key: 0.131 },
  { name: 'MUSICNN', ours: ['musicnn'], genre: 0.79, key: 0.128 },
  { name: 'CLMR', ours: ['clmr'], genre: 0.686, key: 0.149 },
  { name: 'JUKEBOX', ours: ['jukebox'], genre: 0.797, key: 0.667 },
  { name: 'MUSICGEN', ours: ['musicgen'], genre: 0.687, key: 0.536 },
];

/** Published figures of systems made for one task only, in the seed's table. */
export const STATE_OF_THE_ART = { name: 'State of the art', genre: 0.821, key: 0.796 } as const;

/** The seed's row that a representation belongs to, if any. */
export function seedRowOf(representation: string): SeedRow | undefined {
  return SEED_TABLE.find(({ ours }) =>
    ours.some((id) => representation === id || new RegExp(`^${id}[-:]`).test(representation)),
  );
}
