import { type SuggestedTag, suggestTags } from '../../shared/music/msd-tags.ts';
import type { Catalogue, FileDetails } from '../catalogue/index.ts';

/**
 * Tags of mood, instruments and style that MUSICNN hears in a file, strongest first.
 * @returns none where it did not listen to it
 */
export function suggestionsFor(
  { predictions }: Pick<Catalogue, 'predictions'>,
  file: Pick<FileDetails, 'track'>,
): SuggestedTag[] {
  const heard = file.track && predictions.embedding(file.track.id, 'musicnn-tags');
  return heard ? suggestTags(heard.vector) : [];
}
