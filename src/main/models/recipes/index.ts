import type { Recipe } from '../recipe.ts';
import { keynet } from './keynet.ts';
import { skey } from './skey.ts';

/** Every recipe of this build; a manifest names one of them. */
export const recipes: readonly Recipe[] = [keynet, skey];
