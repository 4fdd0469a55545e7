import { implement, ORPCError } from '@orpc/server';
import { contract, type SearchRequest, type TrackDetails } from '../../shared/contract/index.ts';
import { CratewiseError } from '../../shared/errors.ts';
import { ANALYSE } from '../analysis/analyse.ts';
import type { FileDetails, SearchQuery } from '../catalogue/index.ts';
import type { Library } from '../library/library.ts';
import { typedFolder } from './folders.ts';
import type { Work } from './work.ts';

/**
 * Answers the contract for one library.
 * @param work what runs; shared by all clients of the library
 */
export function libraryRouter(library: Library, work: Work) {
  const { catalogue, settings } = library;
  const os = implement(contract).use(async ({ next }) => {
    try {
      return await next();
    } catch (error) {
      // Our own messages are for the user; anything else stays here, and the client hears "internal error".
      if (!(error instanceof CratewiseError)) throw error;
      const { code, message } = error;
      throw new ORPCError('REFUSED', { message, data: { code, message }, cause: error });
    }
  });

  return os.router({
    status: os.status.handler(() => {
      const { present, missing, offline, withProblem } = catalogue.files.counts();
      return {
        file: catalogue.file,
        roots: catalogue.roots.list().map(({ path, offline: away, scannedAt }) => ({
          path,
          offline: away,
          scannedAt,
        })),
        files: { present, missing, offline, withProblem },
        tracks: catalogue.tracks.count(),
        queue: catalogue.queue.counts(ANALYSE),
      };
    }),
    tracks: {
      search: os.tracks.search.handler(({ input }) => {
        const { sort, descending, limit, offset } = input;
        const query = catalogueQuery(input.query);
        const page = catalogue.search(query, {
          limit,
          offset,
          ...(sort === undefined ? {} : { sort }),
          ...(descending === undefined ? {} : { descending }),
        });
        return { rows: [...page.rows], total: catalogue.count(query) };
      }),
      keyCounts: os.tracks.keyCounts.handler(({ input }) => {
        const query = catalogueQuery(input);
        return Array.from({ length: 24 }, (_, key) => catalogue.count({ ...query, keys: [key] }));
      }),
      genres: os.tracks.genres.handler(() => [...catalogue.predictions.genres()]),
      details: os.tracks.details.handler(({ input }) => {
        const known = catalogue.files.get(input.id);
        const file = known && catalogue.files.details(known.path);
        return file ? trackDetails(file) : null;
      }),
    },
    settings: {
      get: os.settings.get.handler(() => ({ keyNotation: settings.keyNotation })),
      set: os.settings.set.handler(({ input }) => {
        settings.keyNotation = input.keyNotation;
        return { keyNotation: settings.keyNotation };
      }),
    },
    work: {
      watch: os.work.watch.handler(({ signal }) => work.watch(signal)),
      scan: os.work.scan.handler(({ input }) => work.scan(input.folders?.map(typedFolder))),
      analyse: os.work.analyse.handler(() => work.analyse()),
      stop: os.work.stop.handler(() => work.stop()),
    },
  });
}

export type LibraryRouter = ReturnType<typeof libraryRouter>;

/** Drops what is `undefined`: the catalogue tells an absent condition from an undefined one. */
function catalogueQuery(request: SearchRequest): SearchQuery {
  const compact = (value: object): object =>
    Object.fromEntries(
      Object.entries(value)
        .filter(([, inner]) => inner !== undefined)
        .map(([name, inner]) => [
          name,
          typeof inner === 'object' && inner !== null && !Array.isArray(inner) ? compact(inner) : inner,
        ]),
    );
  return compact(request) as SearchQuery;
}

function trackDetails(file: FileDetails): TrackDetails {
  const { id, path, state, container, size, tags, track, problem } = file;
  return {
    id,
    path,
    state,
    container,
    size,
    tags: tags as TrackDetails['tags'],
    durationSeconds: track?.durationSeconds ?? null,
    sampleRate: track?.sampleRate ?? null,
    channels: track?.channels ?? null,
    predictions: file.predictions.map(({ trackId: _, ...prediction }) => prediction),
    analysedAt: track?.analysedAt ?? null,
    silentReason: track?.silentReason ?? null,
    problem: problem && { code: problem.code, message: problem.message },
  };
}
