import { implement, ORPCError } from '@orpc/server';
import {
  contract,
  type SearchRequest,
  type SelectionRequest,
  type SortBy,
  type TrackDetails,
  type TrackRow,
  type View,
  type WritePreview,
} from '../../shared/contract/index.ts';
import { viewSchema } from '../../shared/contract/view.ts';
import { CratewiseError } from '../../shared/errors.ts';
import { ANALYSE } from '../analysis/analyse.ts';
import type {
  Catalogue,
  FileDetails,
  SearchPageRequest,
  SearchQuery,
  SearchRow,
  SortKey,
} from '../catalogue/index.ts';
import { genreMapping, mapGenres } from '../learn/learn.ts';
import type { Library } from '../library/library.ts';
import type { PendingOutcome } from '../library/pending.ts';
import { decided } from '../library/reviewing.ts';
import { Selections } from '../library/selections.ts';
import { edited, editStatus } from './editing.ts';
import { typedFolder } from './folders.ts';
import { similarRows, suspiciousPage } from './learn.ts';
import { ModelWork } from './models.ts';
import type { Work } from './work.ts';

/** The setting that holds how the library is looked at. */
const VIEW = 'app.view';

/** One that does not fit any more, from another version, is none. */
function viewOf({ settings }: Pick<Catalogue, 'settings'>): View {
  const { success, data } = viewSchema.safeParse(settings.get(VIEW) ?? {});
  return success ? data : {};
}

/** Lines of a preview of find & replace. */
const EXAMPLES = 8;

/**
 * Answers the contract for one library.
 * @param work what runs; shared by all clients of the library
 */
export function libraryRouter(library: Library, work: Work) {
  const { catalogue, settings, editing } = library;
  const selections = new Selections();
  const models = new ModelWork(library.models);
  editing.onChange = () => work.edited(editing.revision);
  // What an earlier process left.
  editing.indexText();

  // Counted over all files: half a second with a million of them.
  let counted: { readonly at: string; readonly genres: ReturnType<typeof catalogue.predictions.genres> };
  const genres = () => {
    const at = `${work.state.revision} ${editing.revision}`;
    if (counted?.at !== at) counted = { at, genres: catalogue.predictions.genres() };
    return counted.genres;
  };

  /** Files with edits, of a selection or of all. */
  const waiting = (selection: SelectionRequest | undefined): readonly number[] => {
    const files = catalogue.edits.files();
    if (!selection) return files;
    const chosen = new Set(selections.ids(selection));
    return files.filter((id) => chosen.has(id));
  };

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
        const { fields } = input;
        const query = catalogueQuery(input.query);
        const total = catalogue.count(query);
        if (input.offset >= total) return { rows: [], total };
        const { page, reversed } = fromNearerEnd(input, total);
        const { rows } = catalogue.search(query, { ...page, ...(fields === undefined ? {} : { fields }) });
        return { rows: (reversed ? rows.toReversed() : rows).map(trackRow), total };
      }),
      keyCounts: os.tracks.keyCounts.handler(({ input }) => {
        const { keys: _, ...query } = catalogueQuery(input);
        return [...catalogue.keyCounts(query)];
      }),
      rows: os.tracks.rows.handler(({ input }) =>
        catalogue.rows(input.ids, input.fields ?? []).map(trackRow),
      ),
      common: os.tracks.common.handler(async ({ input, signal }) => {
        const { files, fields } = await editing.common(selections.ids(input.selection), signal);
        return { files, fields: [...fields] };
      }),
      genres: os.tracks.genres.handler(() => [...genres()]),
      details: os.tracks.details.handler(({ input }) => {
        const known = catalogue.files.get(input.id);
        const file = known && catalogue.files.details(known.path);
        return file ? trackDetails(file) : null;
      }),
    },
    selection: {
      all: os.selection.all.handler(({ input }) => {
        const ids = catalogue.ids(catalogueQuery(input));
        return { snapshot: selections.keep(ids), count: ids.length };
      }),
      range: os.selection.range.handler(({ input }) => {
        const { query, sort, descending, thenBy, offset, limit } = input;
        return [
          ...catalogue.pageIds(catalogueQuery(query), {
            offset,
            limit,
            ...(sort === undefined ? {} : { sort }),
            ...(descending === undefined ? {} : { descending }),
            ...(thenBy === undefined ? {} : { thenBy: thenBy.map(sortKey) }),
          }),
        ];
      }),
    },
    edits: {
      status: os.edits.status.handler(() => editStatus(library)),
      set: os.edits.set.handler(({ input: { selection, field, values } }) =>
        edited(library, editing.set(selections.ids(selection), field, cleaned(values))),
      ),
      fill: os.edits.fill.handler(({ input: { selection, field, from } }) =>
        edited(library, editing.fill(selections.ids(selection), field, from)),
      ),
      replace: os.edits.replace.handler(({ input: { selection, fields, ...replacement } }) =>
        edited(library, editing.replace(selections.ids(selection), fields, replacement)),
      ),
      previewReplace: os.edits.previewReplace.handler(async ({ input, signal }) => {
        const { selection, fields, ...replacement } = input;
        const ids = selections.ids(selection);
        const found = await editing.previewReplace(ids, fields, replacement, EXAMPLES, signal);
        return { ...found, examples: [...found.examples] };
      }),
      revert: os.edits.revert.handler(({ input: { selection, fields } }) =>
        edited(
          library,
          editing.revert(selection ? selections.ids(selection) : catalogue.edits.files(), fields),
        ),
      ),
      undo: os.edits.undo.handler(() => edited(library, editing.turn('undo'))),
      redo: os.edits.redo.handler(() => {
        // It would drop the edits without writing them.
        if (catalogue.edits.next('redo')?.kind === 'write')
          throw new CratewiseError('redo-write', 'To write again what was put back, choose Write.');
        return edited(library, editing.turn('redo'));
      }),
    },
    review: {
      decide: os.review.decide.handler(({ input: { ids, task, decision } }) => {
        const decide = (part: readonly number[]) =>
          decided(catalogue, part, task, decision, settings.keyNotation);
        return edited(library, editing.review(task, ids, decide));
      }),
      acceptAll: os.review.acceptAll.handler(({ input: { query, task, min } }) => {
        const { confidence, terms = [], ...asked } = catalogueQuery(query);
        const ids = catalogue.ids({
          ...asked,
          terms: [...terms, { kind: 'is', state: 'unreviewed', task }],
          confidence: { ...confidence, [task]: { ...confidence?.[task], min } },
        });
        const decide = (part: readonly number[]) =>
          decided(catalogue, part, task, { kind: 'accept' }, settings.keyNotation);
        return edited(library, editing.review(task, ids, decide));
      }),
    },
    write: {
      preview: os.write.preview.handler(async ({ input, signal }) => {
        const ids = waiting(input.selection);
        const page = ids.slice(input.offset, input.offset + input.limit);
        const outcomes = await library.previewPending(page, input.options, signal);
        return { total: ids.length, files: outcomes.map(previewed) };
      }),
      start: os.write.start.handler(({ input }) => work.write(waiting(input.selection), input.options)),
      batches: os.write.batches.handler(({ input }) => [...catalogue.journal.batches(input.limit)]),
      batchFiles: os.write.batchFiles.handler(({ input: { batch, offset, limit } }) =>
        catalogue.journal
          .filesOfBatch(batch, offset, limit)
          .map((file) => ({ ...file, changes: [...file.changes] })),
      ),
      undo: os.write.undo.handler(({ input: { batch, force } }) => work.undo(batch, force ?? false)),
    },
    learn: {
      report: os.learn.report.handler(async ({ input }) => (await library.learnReport(input.task)) ?? null),
      labels: os.learn.labels.handler(({ input }) => library.learn({ task: input.task, labelsOnly: true })),
      start: os.learn.start.handler(({ input }) => work.learn(input.task, input.source ?? 'tags')),
      forget: os.learn.forget.handler(({ input }) => {
        if (work.busy)
          throw new CratewiseError('busy', 'Something is running already. Wait for it, or stop it first.');
        return library.forgetLearnt(input.task, input.source ?? 'tags');
      }),
      suspicious: os.learn.suspicious.handler(({ input }) =>
        suspiciousPage(library, input.task, input.offset, input.limit),
      ),
      mapping: os.learn.mapping.handler(() => ({ ...genreMapping(catalogue) })),
      map: os.learn.map.handler(({ input }) => {
        mapGenres(catalogue, { [input.name]: input.label });
        return { ...genreMapping(catalogue) };
      }),
    },
    similar: os.similar.handler(({ input, signal }) => similarRows(library, input, trackRow, signal)),
    models: {
      list: os.models.list.handler(() => models.list()),
      plan: os.models.plan.handler(({ input }) => models.plan(input.id)),
      install: os.models.install.handler(({ input }) => models.install(input.ids, input.acceptLicence)),
      stop: os.models.stop.handler(({ input }) => models.stop(input.id)),
      verify: os.models.verify.handler(({ input, signal }) => models.verify(input.id, signal)),
      remove: os.models.remove.handler(({ input }) => models.remove(input.id)),
      watch: os.models.watch.handler(({ signal }) => models.watch(signal)),
    },
    settings: {
      get: os.settings.get.handler(() => ({
        keyNotation: settings.keyNotation,
        multiValue: settings.multiValue,
      })),
      set: os.settings.set.handler(({ input }) => {
        settings.keyNotation = input.keyNotation;
        settings.multiValue = input.multiValue;
        return { keyNotation: settings.keyNotation, multiValue: settings.multiValue };
      }),
    },
    view: {
      get: os.view.get.handler(() => viewOf(catalogue)),
      set: os.view.set.handler(({ input }) => {
        const given = Object.entries(input).filter(([, part]) => part !== undefined);
        catalogue.settings.set(VIEW, { ...viewOf(catalogue), ...Object.fromEntries(given) });
        return viewOf(catalogue);
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

interface PageInput {
  readonly sort?: SortBy | undefined;
  readonly descending?: boolean | undefined;
  readonly thenBy?:
    | readonly { readonly sort: SortBy; readonly descending?: boolean | undefined }[]
    | undefined;
  readonly offset: number;
  readonly limit: number;
}

/** Rows that are skipped are walked over: a page in the second half is asked for from the end. */
function fromNearerEnd(input: PageInput, total: number): { page: SearchPageRequest; reversed: boolean } {
  const { sort = 'path', descending = false, thenBy = [], offset } = input;
  const limit = Math.min(input.limit, total - offset);
  const reversed = offset > total / 2;
  const page = {
    sort,
    descending: descending !== reversed,
    thenBy: thenBy.map(sortKey).map((key) => ({ ...key, descending: key.descending !== reversed })),
    offset: reversed ? total - offset - limit : offset,
    limit,
  };
  return { page, reversed };
}

const sortKey = ({
  sort,
  descending = false,
}: {
  sort: SortBy;
  descending?: boolean | undefined;
}): Required<SortKey> => ({
  sort,
  descending,
});

const trackRow = ({ edited: fields, values, ...row }: SearchRow): TrackRow => ({
  ...row,
  edited: [...fields],
  values: values as TrackRow['values'],
});

/** What no tag can hold, left out. */
const cleaned = (values: readonly string[]): string[] =>
  values.map((value) => value.replaceAll('\0', '').toWellFormed()).filter((value) => value.trim() !== '');

function previewed(outcome: PendingOutcome): WritePreview['files'][number] {
  const { fileId: id, path } = outcome;
  if (outcome.kind === 'failed') {
    const { code, message } = outcome.error;
    return { id, path, changes: [], problem: { code, message } };
  }
  return { id, path, changes: [...outcome.changes], problem: null };
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
    edits: file.edits as TrackDetails['edits'],
    editProblem: file.editProblem && { code: file.editProblem.code, message: file.editProblem.message },
    reviews: file.reviews.map(({ task, state: said, value, at }) => ({ task, state: said, value, at })),
    durationSeconds: track?.durationSeconds ?? null,
    sampleRate: track?.sampleRate ?? null,
    channels: track?.channels ?? null,
    predictions: file.predictions.map(({ trackId: _, ...prediction }) => prediction),
    analysedAt: track?.analysedAt ?? null,
    silentReason: track?.silentReason ?? null,
    problem: problem && { code: problem.code, message: problem.message },
  };
}
