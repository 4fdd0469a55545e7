import { oc } from '@orpc/contract';
import { z } from 'zod';
import { countSchema, fieldNameSchema, idSchema, problemSchema } from './common.ts';
import { trackDetailsSchema } from './details.ts';
import {
  acceptAllSchema,
  batchFileSchema,
  batchSchema,
  commonSchema,
  editResultSchema,
  editStatusSchema,
  replacementSchema,
  replacePreviewSchema,
  reviewDecisionSchema,
  selectionSchema,
  valuesSchema,
  writePreviewSchema,
  writeRequestSchema,
} from './edits.ts';
import { exportContract } from './export.ts';
import { foldersContract } from './folders.ts';
import { learnContract } from './learn.ts';
import { MAX_PAGE } from './limits.ts';
import { mapContract } from './map.ts';
import { mediaContract } from './media.ts';
import { modelsContract } from './models.ts';
import { playlistContract } from './playlist.ts';
import {
  genreCountSchema,
  keyCountsSchema,
  rowRangeSchema,
  searchPageSchema,
  searchQuerySchema,
  searchResultSchema,
  trackRowSchema,
} from './search.ts';
import { settingsChangeSchema, settingsSchema } from './settings.ts';
import { similarContract } from './similar.ts';
import { statusSchema } from './status.ts';
import { viewSchema } from './view.ts';
import { workContract } from './work.ts';

export type { LibraryKeyNotation } from './common.ts';
export type { PredictionDetails, TrackDetails } from './details.ts';
export type {
  Batch,
  BatchFile,
  CommonFields,
  EditKind,
  EditStatus,
  EditStep,
  FieldChangeShown,
  ReplacePreview,
  ReplaceRequest,
  SelectionRequest,
  WriteOptions,
  WritePreview,
} from './edits.ts';
export type { MapPoints, MapSituation, MapSourceShown, OpenedMap } from './map.ts';
export type { Devices, Installs, ModelRow, Tiers } from './models.ts';
export type { SearchRequest, SortBy, TrackRow } from './search.ts';
export type { LibrarySettings } from './settings.ts';
export type { LibraryStatus, Listening, WorkKind, WorkState } from './status.ts';
export type { View } from './view.ts';
export type { FileProblemRow, ProblemArea } from './work.ts';

/** `REFUSED`: what was asked can't be done; the message says why, for the user to act on. */
const procedure = oc.errors({ REFUSED: { data: problemSchema } });

const pageShape = { offset: countSchema.max(100_000_000).default(0), limit: z.int().min(1).max(MAX_PAGE) };

/**
 * Everything that a user interface can ask of a library, and nothing else: the same over a MessagePort in Electron,
 * a WebSocket in `cratewise serve`, and in process in tests. The answering end validates what comes and what goes.
 */
export const contract = {
  /** The library as a whole. */
  status: procedure.output(statusSchema),
  tracks: {
    /** One page of what a query finds, by row number, and how much there is in all. */
    search: procedure.input(searchPageSchema).output(searchResultSchema),
    /** As `search`, without the number of all where that has to be counted first: rows come sooner. */
    page: procedure
      .input(searchPageSchema)
      .output(searchResultSchema.extend({ total: countSchema.nullable() })),
    /** How many files a query finds. */
    count: procedure.input(searchQuerySchema).output(countSchema),
    /** How many files a query finds in each key; the query's own `keys` do not count. */
    keyCounts: procedure.input(searchQuerySchema).output(keyCountsSchema),
    /** Genres in use, most frequent first. */
    genres: procedure.output(z.array(genreCountSchema)),
    /** Everything known of one file; null when it left the library. */
    details: procedure.input(z.strictObject({ id: idSchema })).output(trackDetailsSchema.nullable()),
    /** Some rows anew, in this order; those that left the library are left out. */
    rows: procedure
      .input(
        z.strictObject({
          ids: z.array(idSchema).max(MAX_PAGE),
          fields: z.array(fieldNameSchema).max(40).optional(),
        }),
      )
      .output(z.array(trackRowSchema)),
    /** What the fields of several files have in common. */
    common: procedure.input(z.strictObject({ selection: selectionSchema })).output(commonSchema),
  },
  selection: {
    /** Chooses everything that a query finds now; later edits do not change the choice. */
    all: procedure.input(searchQuerySchema).output(z.object({ snapshot: z.string(), count: countSchema })),
    /** Ids of a run of rows. */
    range: procedure.input(rowRangeSchema).output(z.array(idSchema)),
  },
  /** Editing without writing: everything is a step that can be undone. */
  edits: {
    status: procedure.output(editStatusSchema),
    /** Gives a field these values; none clears it. */
    set: procedure
      .input(z.strictObject({ selection: selectionSchema, field: fieldNameSchema, values: valuesSchema }))
      .output(editResultSchema),
    /** Gives a field the values that it has in one file. */
    fill: procedure
      .input(z.strictObject({ selection: selectionSchema, field: fieldNameSchema, from: idSchema }))
      .output(editResultSchema),
    replace: procedure.input(replacementSchema).output(editResultSchema),
    previewReplace: procedure.input(replacementSchema).output(replacePreviewSchema),
    /** Drops edits that wait: of some fields, or all. */
    revert: procedure
      .input(
        z.strictObject({
          selection: selectionSchema.optional(),
          fields: z.array(fieldNameSchema).max(40).optional(),
        }),
      )
      .output(editResultSchema),
    /** Turns back the newest step. A step that wrote files only brings its edits back: see `write.undo`. */
    undo: procedure.output(editResultSchema),
    redo: procedure.output(editResultSchema),
  },
  /** Reviewing predictions. What is accepted or changed becomes an edit where the tag does not say so. */
  review: {
    decide: procedure.input(reviewDecisionSchema).output(editResultSchema),
    acceptAll: procedure.input(acceptAllSchema).output(editResultSchema),
  },
  /** Edits into files, and back. */
  write: {
    /** What writing would do, page by page. */
    preview: procedure
      .input(z.strictObject({ ...writeRequestSchema.shape, ...pageShape }))
      .output(writePreviewSchema),
    /** Begins to write; `work.watch` tells the rest. Refused with `busy` while something runs. */
    start: procedure.input(writeRequestSchema).output(z.void()),
    batches: procedure
      .input(z.strictObject({ limit: z.int().min(1).max(1000) }))
      .output(z.array(batchSchema)),
    batchFiles: procedure
      .input(z.strictObject({ batch: idSchema, ...pageShape }))
      .output(z.array(batchFileSchema)),
    /** Begins to put a batch's files back as they were. `step`: also turns back this step of the history. */
    undo: procedure
      .input(z.strictObject({ batch: idSchema, force: z.boolean().optional() }))
      .output(z.void()),
  },
  /** Listening. */
  /** Folders to choose music from. */
  folders: foldersContract,
  /** Tracks in two dimensions. */
  map: mapContract,
  media: mediaContract,
  /** Models that can be installed. */
  models: modelsContract,
  learn: learnContract,
  similar: similarContract,
  playlist: playlistContract,
  export: exportContract,
  settings: {
    get: procedure.output(settingsSchema),
    set: procedure.input(settingsChangeSchema).output(settingsSchema),
  },
  /** How the library is looked at: columns, order, saved searches. `set` replaces the parts that are given. */
  view: {
    get: procedure.output(viewSchema),
    set: procedure.input(viewSchema).output(viewSchema),
  },
  work: workContract,
};

export type Contract = typeof contract;
