import { CratewiseError } from '../../shared/errors.ts';
import type { Embedding } from '../../shared/prediction.ts';
import { embedFile } from '../analysis/embed.ts';
import type { Catalogue, SearchQuery } from '../catalogue/index.ts';
import type { ProcessHost } from '../host/process-host.ts';
import { WorkerPool } from '../host/worker-pool.ts';
import type { SimilarCalls } from './calls.ts';
import { type OrderRequest, orderTracks } from './order.ts';
import type { SimilarTrack } from './search.ts';
import { COVERAGE, preference, TELLING } from './telling.ts';

export interface SimilarOptions {
  /** Absolute, in our escaped form. A file that is not in the library, or was not listened to, is listened to now. */
  readonly path: string;
  /** Default: the most telling one that most of the library has. */
  readonly representation?: string;
  readonly limit: number;
  /** Only tracks of files that this finds. */
  readonly among?: SearchQuery;
  readonly signal?: AbortSignal;
}

export interface SimilarResult {
  readonly representation: string;
  /** How many tracks were compared. */
  readonly compared: number;
  readonly tracks: readonly SimilarTrack[];
}

/** Tracks that are brought into an order without a process of its own, where no vectors have to be read. */
const FEW = 60;

/**
 * Tracks that sound like a file, most alike first; the file itself and others with the same audio left out. In a
 * process of its own.
 * @throws CratewiseError `nothing-to-compare`, `unknown-representation`, `nothing-to-hear`, `closed`; FileError
 */
export async function findSimilar(
  catalogue: Catalogue,
  host: ProcessHost,
  options: SimilarOptions,
): Promise<SimilarResult> {
  const { path, limit, signal } = options;
  const { representation, version, tracks: compared } = chosen(catalogue, options.representation);
  const trackId = catalogue.files.byPath(path)?.trackId ?? null;
  const stored = trackId === null ? undefined : catalogue.predictions.embedding(trackId, representation);
  const embedding = stored?.version === version ? stored : await listen(host, path, representation, version);
  const request = {
    representation,
    version,
    vector: embedding.vector,
    except: trackId,
    limit,
    ...(options.among ? { among: options.among } : {}),
  };
  const tracks = await inProcess(host, signal, (pool) => pool.call('similar', catalogue.file, request));
  return { representation, compared, tracks };
}

/**
 * Places of tracks in an order in which each mixes after the one before it, beginning with the first; by sound too,
 * where the library was listened to. In a process of its own.
 * @throws CratewiseError `too-many`
 */
export async function orderForSet(
  catalogue: Catalogue,
  host: ProcessHost,
  request: Omit<OrderRequest, 'representation'>,
  signal?: AbortSignal,
): Promise<readonly number[]> {
  let representation: OrderRequest['representation'] = null;
  try {
    const best = chosen(catalogue, undefined);
    representation = { id: best.representation, version: best.version };
  } catch (error) {
    // Nothing tells what sounds alike: keys and tempi are left.
    if (!(error instanceof CratewiseError)) throw error;
  }
  const whole = { ...request, representation };
  // Milliseconds: no process is worth starting for that.
  if (representation === null && request.tracks.length <= FEW) return orderTracks(catalogue, whole);
  return inProcess(host, signal, (pool) => pool.call('order', catalogue.file, whole));
}

async function inProcess<T>(
  host: ProcessHost,
  signal: AbortSignal | undefined,
  ask: (pool: WorkerPool<SimilarCalls>) => Promise<T>,
): Promise<T> {
  const pool = new WorkerPool<SimilarCalls>(host, { module: 'main/similar/worker', size: 1 });
  const stop = () => pool.close();
  signal?.addEventListener('abort', stop, { once: true });
  try {
    return await ask(pool);
  } finally {
    signal?.removeEventListener('abort', stop);
    pool.close();
  }
}

function chosen(catalogue: Catalogue, wanted: string | undefined) {
  const counts = catalogue.learning.vectorCounts();
  if (counts.length === 0) {
    throw new CratewiseError(
      'nothing-to-compare',
      'No track of the library was listened to yet. Run: cratewise analyze',
    );
  }
  const most = Math.max(...counts.map(({ tracks }) => tracks));
  const candidates =
    wanted === undefined
      ? counts.filter(({ tracks, representation }) => tracks >= COVERAGE * most && place(representation) >= 0)
      : counts.filter(({ representation }) => representation === wanted);
  // Of several versions the one that most tracks have.
  const [best] = [...candidates].sort(
    (a, b) => place(a.representation) - place(b.representation) || b.tracks - a.tracks,
  );
  if (best) return best;
  const there = [...new Set(counts.map(({ representation }) => representation))].join(', ');
  throw new CratewiseError(
    'unknown-representation',
    `No track has a vector of ${wanted ?? 'a telling representation'}. There are: ${there}. “cratewise settings keep=…” keeps others.`,
  );
}

const place = (representation: string): number => preference(representation, TELLING);

async function listen(
  host: ProcessHost,
  path: string,
  representation: string,
  version: string,
): Promise<Embedding> {
  const { embeddings } = await embedFile(host, { path, representation });
  const [embedding] = embeddings;
  if (embedding?.version === version) return embedding;
  throw new CratewiseError(
    'nothing-to-compare',
    `The library’s vectors of ${representation} are of another version than this Cratewise computes. Run: cratewise analyze`,
  );
}
