import { type Catalogue, openCatalogue } from '../catalogue/index.ts';
import { type OrderRequest, orderTracks } from './order.ts';
import { type SimilarRequest, type SimilarTrack, searchSimilar } from './search.ts';

/** What the similarity process answers. It reads the library and writes nothing. */
export interface SimilarCalls {
  similar(library: string, request: SimilarRequest): Promise<readonly SimilarTrack[]>;
  /** See `orderTracks`. */
  order(library: string, request: OrderRequest): Promise<readonly number[]>;
}

export const similarCalls: SimilarCalls = {
  similar: async (library, request) => reading(library, (catalogue) => searchSimilar(catalogue, request)),
  order: async (library, request) => reading(library, (catalogue) => orderTracks(catalogue, request)),
};

function reading<T>(library: string, look: (catalogue: Catalogue) => T): T {
  const catalogue = openCatalogue(library, { access: 'read' });
  try {
    return look(catalogue);
  } finally {
    catalogue.close();
  }
}
