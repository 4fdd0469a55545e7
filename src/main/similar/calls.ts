import { openCatalogue } from '../catalogue/index.ts';
import { type SimilarRequest, type SimilarTrack, searchSimilar } from './search.ts';

/** What the similarity process answers. It reads the library and writes nothing. */
export interface SimilarCalls {
  similar(library: string, request: SimilarRequest): Promise<readonly SimilarTrack[]>;
}

export const similarCalls: SimilarCalls = {
  async similar(library, request) {
    const catalogue = openCatalogue(library, { access: 'read' });
    try {
      return searchSimilar(catalogue, request);
    } finally {
      catalogue.close();
    }
  },
};
