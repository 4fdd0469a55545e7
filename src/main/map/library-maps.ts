import { CratewiseError, toErrorShape } from '../../shared/errors.ts';
import type { Catalogue, StoredMap, VectorSet } from '../catalogue/index.ts';
import type { ProcessHost } from '../host/process-host.ts';
import { WorkerPool } from '../host/worker-pool.ts';
import type { MapCalls, MapProgress } from './calls.ts';
import { FEWEST } from './layout.ts';
import type { Before, MapStage } from './make.ts';
import { defaultSource, type MapSource, mapSources } from './sources.ts';

/** Grows when maps are made otherwise: older ones are made again. */
const METHOD = 'umap 1';
const SEED = 1;

/** New tracks are placed among the others up to this share of all; beyond, the whole is laid out again. */
const PLACED_AT_MOST = 0.25;

/** While listening goes on, a map is only brought up to date when it has grown by so much. */
const GROWN_WHILE_LISTENING = 0.5;

/** Where the tracks of a library lie, as it can be shown now. */
export interface ShownMap extends Before {
  readonly representation: string;
  readonly version: string;
  /** Another number, other places. */
  readonly revision: number;
  readonly method: 'umap' | 'pca';
  /** Only to look at until the real one is there. */
  readonly coarse: boolean;
}

export interface MapRun {
  readonly representation: string;
  readonly how: 'whole' | 'place';
  readonly stage: MapStage;
  /** Of the stage, 0..1. */
  readonly share: number;
  readonly startedAt: number;
}

export interface MapSituation {
  readonly revision: number;
  readonly running: MapRun | null;
  readonly problem: { readonly code: string; readonly message: string } | null;
}

/**
 * The maps of a library: taken from the catalogue, made where there is none, and brought up to date where tracks have
 * come. One is made at a time, in a process of its own.
 */
export class LibraryMaps {
  readonly #catalogue: Catalogue;
  readonly #host: ProcessHost;
  #shown: ShownMap | undefined;
  #stored: Omit<StoredMap, 'tracks' | 'places'> | undefined;
  #situation: MapSituation = { revision: 0, running: null, problem: null };
  #pool: WorkerPool<MapCalls> | undefined;
  /** Maps that the user has stopped: not made again before they are asked for. */
  readonly #declined = new Set<string>();
  /** Told of each change. */
  onChange: (situation: MapSituation) => void = () => {};

  constructor(catalogue: Catalogue, host: ProcessHost) {
    this.#catalogue = catalogue;
    this.#host = host;
  }

  get situation(): MapSituation {
    return this.#situation;
  }

  /**
   * The map of a representation, or of the most telling one; begins to make it, or to bring it up to date, where that
   * is due.
   * @param listening whether tracks are being listened to: then small changes can wait
   */
  open(
    wanted: string | undefined,
    listening: boolean,
  ): { sources: readonly MapSource[]; source: MapSource | null; shown: ShownMap | null; stale: boolean } {
    const sources = mapSources(this.#catalogue);
    const source = sources.find(({ representation }) => representation === wanted) ?? defaultSource(sources);
    if (!source) return { sources, source: null, shown: null, stale: false };
    const shown = this.#load(source);
    const set = this.#catalogue.maps.vectorSet(source.representation, source.version);
    const due = this.#due(source, set, listening);
    if (due !== null && !this.#declined.has(source.representation)) this.#make(source, due);
    return { sources, source, shown: this.#shown ?? shown, stale: due !== null };
  }

  /** Lays a map out from the beginning. */
  redo(representation: string): void {
    const source = mapSources(this.#catalogue).find((each) => each.representation === representation);
    if (!source)
      throw new CratewiseError('no-vectors', 'No track was listened to in this way yet. Listen first.');
    this.#declined.delete(representation);
    this.#end();
    // What was being made is not any more, or it would be waited for.
    this.#change({ running: null });
    this.#load(source);
    this.#make(source, 'afresh');
  }

  /** Ends what is being made; what is shown stays. */
  stop(): void {
    const { running } = this.#situation;
    if (!running) return;
    this.#declined.add(running.representation);
    this.#end();
    this.#change({ running: null });
  }

  /** The map with this number. @throws CratewiseError `map-changed` when it is not shown any more */
  at(revision: number): ShownMap {
    if (this.#shown?.revision === revision) return this.#shown;
    throw new CratewiseError('map-changed', 'The map has changed meanwhile.');
  }

  close(): void {
    this.#end();
  }

  /** What is shown of a source: what is in memory, else what the catalogue has. */
  #load({ representation, version }: MapSource): ShownMap | null {
    if (this.#shown?.representation === representation) return this.#shown;
    this.#shown = undefined;
    this.#stored = undefined;
    const found = this.#catalogue.maps.get(representation);
    if (!found) return null;
    const { tracks, places, ...rest } = found;
    this.#stored = rest;
    this.#show({ representation, version, tracks, places, coarse: false });
    return this.#shown ?? null;
  }

  #show(map: Omit<ShownMap, 'revision' | 'method'>): void {
    const revision = this.#situation.revision + 1;
    const method = map.coarse || map.tracks.length < FEWEST ? 'pca' : 'umap';
    this.#shown = { ...map, revision, method };
    this.#change({ revision });
  }

  /** What has to be done for the map to be up to date. */
  #due(source: MapSource, set: VectorSet, listening: boolean): 'afresh' | 'whole' | 'place' | null {
    const stored = this.#stored;
    if (!stored) return 'afresh';
    if (stored.version !== source.version || stored.method !== METHOD || stored.seed !== SEED)
      return 'afresh';
    const { made, laid } = stored;
    if (made.tracks === set.tracks && made.sum === set.sum) return null;
    const growth = set.tracks / Math.max(1, made.tracks) - 1;
    if (listening && growth < GROWN_WHILE_LISTENING) return null;
    return set.tracks - laid > PLACED_AT_MOST * set.tracks || laid < FEWEST ? 'whole' : 'place';
  }

  #make(source: MapSource, due: 'afresh' | 'whole' | 'place'): void {
    const { representation, version } = source;
    const { running } = this.#situation;
    if (running?.representation === representation) return;
    this.#end();
    const how = due === 'place' ? 'place' : 'whole';
    const before =
      due !== 'afresh' && this.#shown ? { tracks: this.#shown.tracks, places: this.#shown.places } : null;
    const laidBefore = this.#stored?.laid;
    const pool = new WorkerPool<MapCalls>(this.#host, { module: 'main/map/worker', size: 1 });
    this.#pool = pool;
    const run = { representation, how, startedAt: Date.now() } as const;
    this.#change({ running: { ...run, stage: 'reading', share: 0 }, problem: null });
    const mine = () => this.#pool === pool;
    const onProgress = (progress: MapProgress) => {
      if (!mine()) return;
      if (!('first' in progress)) this.#change({ running: { ...run, ...progress } });
      // An earlier map, of another version even, says more than a coarse one.
      else if (!this.#shown) this.#show({ representation, version, ...progress.first, coarse: true });
    };
    const request = {
      library: this.#catalogue.file,
      representation,
      version,
      seed: SEED,
      how,
      before,
    } as const;
    pool
      .follow<'lay', MapProgress>('lay', { onProgress }, request)
      .then(({ tracks, places, made }) => {
        if (!mine()) return;
        const laid = how === 'whole' ? made.tracks : (laidBefore ?? made.tracks);
        const stored = {
          representation,
          version,
          method: METHOD,
          seed: SEED,
          laid,
          made,
          madeAt: Date.now(),
        };
        this.#catalogue.maps.put({ ...stored, tracks, places });
        // Another one may be shown by now: this one is taken from the catalogue when it is asked for.
        if ((this.#shown?.representation ?? representation) === representation) {
          this.#stored = stored;
          this.#show({ representation, version, tracks, places, coarse: false });
        }
        this.#change({ running: null });
      })
      .catch((error: unknown) => {
        if (!mine()) return;
        const { code, message } = toErrorShape(error);
        // Else it would be begun again at once, and fail again.
        this.#declined.add(representation);
        this.#change({ running: null, problem: { code, message } });
      })
      .finally(() => {
        pool.close();
        if (mine()) this.#pool = undefined;
      });
  }

  #end(): void {
    const pool = this.#pool;
    this.#pool = undefined;
    // Killed, not asked: it holds nothing, and what it has done so far is of no use.
    pool?.close();
  }

  #change(change: Partial<MapSituation>): void {
    this.#situation = { ...this.#situation, ...change };
    this.onChange(this.#situation);
  }
}
