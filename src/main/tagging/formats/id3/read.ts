import type { TagValues } from '../../../../shared/tags.ts';
import type { Unit } from '../../format.ts';
import { readFields } from './fields.ts';
import type { SeedFrame } from './plan.ts';
import { type Id3Tag, parseId3 } from './tag.ts';
import { id3Units } from './units.ts';
import { WorkingFrames } from './working-frames.ts';

/** What the frames of a tag say. */
export function readId3Values(tag: Id3Tag): TagValues {
  return readFields(new WorkingFrames(tag.version, tag.frames));
}

/** What frames that are not in a tag yet will say in a new one (v2.3). */
export function valuesOfSeed(seed: readonly SeedFrame[]): TagValues {
  const frames = new WorkingFrames(3, []);
  frames.seed(seed);
  return readFields(frames);
}

/**
 * Tag, values and units in one go.
 * @throws RefusedError when the tag isn't understood
 */
export function readId3(
  bytes: Buffer,
  prefix?: string,
): { readonly tag: Id3Tag; readonly values: TagValues; readonly units: readonly Unit[] } {
  const tag = parseId3(bytes);
  return { tag, values: readId3Values(tag), units: id3Units(tag, prefix) };
}
