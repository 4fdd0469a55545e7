import { CatalogueError } from './errors.ts';
import type { Catalogue, OpenOptions } from './stores.ts';

/**
 * Opens a library, makes it where there is none, brings an older one up to date (after a backup).
 * @param file path of the database, or `:memory:`
 * @throws CatalogueError with the reason and what to do
 */
export function openCatalogue(file: string, _options: OpenOptions = {}): Catalogue {
  throw new CatalogueError('no-catalogue', file, 'Not built yet.');
}
