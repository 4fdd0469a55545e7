import { chroma } from './chroma/index.ts';
import { mfcc, mfcc12k } from './mfcc/index.ts';
import type { Representation } from './representation.ts';
import { spectralShape } from './spectral-shape/index.ts';

/** Every representation that this build can compute. */
export const representations: readonly Representation[] = [chroma, mfcc, mfcc12k, spectralShape];

/** The representation of an id, if there is one. */
export function findRepresentation(id: string): Representation | undefined {
  return representations.find((representation) => representation.id === id);
}
