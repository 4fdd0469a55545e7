import type { Recipe } from '../recipe.ts';
import { choi } from './choi.ts';
import { clmr } from './clmr.ts';
import { jukebox } from './jukebox.ts';
import { keynet } from './keynet.ts';
import { musicgen, musicgenAllLayers } from './musicgen.ts';
import { musicnn } from './musicnn.ts';
import { skey } from './skey.ts';

/** Every recipe of this build; a manifest names one of them. */
export const recipes: readonly Recipe[] = [
  choi,
  clmr,
  jukebox,
  keynet,
  musicgen,
  musicgenAllLayers,
  musicnn,
  skey,
];
