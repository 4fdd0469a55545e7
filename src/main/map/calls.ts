import { CratewiseError } from '../../shared/errors.ts';
import type { CallContext } from '../../shared/worker/protocol.ts';
import { openCatalogue, type VectorSet } from '../catalogue/index.ts';
import { type Before, type MapStage, makeMap } from './make.ts';
import { readPoints } from './read.ts';

/** More tracks than this are not laid out: 200 bytes each are held in memory. */
export const MOST = 2_000_000;

export interface MapRequest {
  readonly library: string;
  readonly representation: string;
  readonly version: string;
  readonly seed: number;
  readonly how: 'whole' | 'place';
  readonly before: Before | null;
}

export interface MapResult extends Before {
  /** The tracks that had a vector when it was begun. */
  readonly made: VectorSet;
}

/** `first` comes once at most: a coarse map to look at meanwhile. */
export type MapProgress = { readonly stage: MapStage; readonly share: number } | { readonly first: Before };

/** What the map process answers. It reads the library and writes nothing. */
export interface MapCalls {
  lay(request: MapRequest): Promise<MapResult>;
}

/** Progress is told at most this often, in milliseconds. */
const TELL_MS = 150;

/** Time for a large message to be taken by the parent, in milliseconds. */
const FLUSH_MS = 200;

const pause = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));

/** Lets messages of the parent in, and ours out. */
const breathe = () => new Promise<void>((resolve) => setImmediate(resolve));

export const mapCalls = {
  async lay(request: MapRequest, context?: CallContext): Promise<MapResult> {
    const { representation, version, seed, how, before } = request;
    let toldAt = 0;
    const told = async (stage: MapStage, share: number) => {
      if (performance.now() - toldAt < TELL_MS) return;
      toldAt = performance.now();
      context?.progress({ stage, share } satisfies MapProgress);
      await breathe();
      context?.signal.throwIfAborted();
    };
    const catalogue = openCatalogue(request.library, { access: 'read' });
    let made: VectorSet;
    let points: Awaited<ReturnType<typeof readPoints>>;
    try {
      made = catalogue.maps.vectorSet(representation, version);
      const { tracks } = made;
      if (tracks > MOST) {
        throw new CratewiseError(
          'map-too-large',
          `A map of ${tracks.toLocaleString('en')} tracks would need more memory than Cratewise takes. Up to ${MOST.toLocaleString('en')} are laid out.`,
        );
      }
      points = await readPoints(catalogue.learning, representation, version, tracks, seed, (share) =>
        told('reading', share),
      );
    } finally {
      catalogue.close();
    }
    const { tracks } = points;
    const places = await makeMap(points, {
      seed,
      how,
      before,
      told,
      onFirst: async (coarse) => {
        context?.progress({ first: { tracks, places: coarse } } satisfies MapProgress);
        // A megabyte does not fit the pipe at once: it would lie here until the work is done.
        await pause(FLUSH_MS);
      },
    });
    return { tracks, places, made };
  },
} satisfies MapCalls;
