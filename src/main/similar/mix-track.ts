import { keyFromIndex } from '../../shared/music/key.ts';
import type { MixTrack } from '../../shared/music/mixing.ts';
import type { SearchRow } from '../catalogue/index.ts';

/** What mixing asks of a file: the key as tagged, else as predicted, and the tempo. */
export function mixTrack(row: SearchRow): MixTrack {
  const index = row.key ?? row.predictedKey;
  return { key: index === null ? null : keyFromIndex(index), bpm: row.bpm };
}
