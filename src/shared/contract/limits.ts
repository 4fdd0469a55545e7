/* Without the schemas, so that the page can have them without what validates. */

/** Rows of one answer at most: what a few screens show. */
export const MAX_PAGE = 500;

/** Files that can be named one by one; more are chosen by a snapshot. */
export const MAX_CHOSEN = 100_000;

/** Points of a map in one answer at most: about 400 kB. */
export const MAX_MAP_PAGE = 16_000;
