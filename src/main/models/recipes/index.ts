import type { Recipe } from '../recipe.ts';

/** Every recipe of this build; a manifest names one of them. */
export const recipes: readonly Recipe[] = [];
