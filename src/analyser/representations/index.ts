import { mfcc, mfcc12k } from './mfcc/index.ts';
import type { Representation } from './representation.ts';

/** Every representation that this build can compute. */
export const representations: readonly Representation[] = [mfcc, mfcc12k];

/** The representation of an id, if there is one. */
export function findRepresentation(id: string): Representation | undefined {
  return representations.find((representation) => representation.id === id);
}
