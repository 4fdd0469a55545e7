/** The catalogue's only door: everything else in this folder is its own affair. */

export type * from './edit-types.ts';
export { CatalogueError, type CatalogueProblem } from './errors.ts';
export type * from './learning-types.ts';
export type * from './map-types.ts';
export { openCatalogue } from './open.ts';
export type * from './playlist-types.ts';
export type * from './problems.ts';
export { CatalogueReader } from './reader.ts';
export type { NumberedPage, NumberedRequest } from './reader-calls.ts';
export type * from './stores.ts';
export type * from './types.ts';
