import { formatKey, keyOf } from '../../shared/music/key.ts';
import type { FieldEdit, FieldName } from '../../shared/tags.ts';
import type { Catalogue } from '../catalogue/index.ts';
import type { Editing } from './editing.ts';
import type { Settings } from './settings.ts';
import type { WriteOutcome, WriteRequest, WriteTagsOptions } from './writing.ts';

/** How edits go into files. */
export interface PendingWriteOptions {
  /** Only fields that say nothing in the file; other edits go on waiting. */
  readonly onlyEmpty: boolean;
  /** How keys are written; what is no key is written as it was typed. */
  readonly keyNotation: Settings['keyNotation'];
  readonly multiValue: 'joined' | 'nul';
  readonly keepModifiedTime: boolean;
}

/** What writes, as far as this needs it. */
export type Write = (
  requests: Iterable<WriteRequest>,
  options: Omit<WriteTagsOptions, 'multiValue'> & { multiValue: 'joined' | 'nul' },
) => Promise<void>;

/** Files whose edits are asked for at a time. */
const PORTION = 256;

/** The edits of these files (or all that have any) as requests to write, in portions. */
export function* pendingRequests(
  catalogue: Catalogue,
  ids: readonly number[],
  options: PendingWriteOptions,
): Generator<WriteRequest & { readonly fileId: number }> {
  for (let i = 0; i < ids.length; i += PORTION)
    for (const { fileId, path, edits } of catalogue.edits.of(ids.slice(i, i + PORTION)))
      yield {
        fileId,
        path,
        edits: [...edits].map(([field, values]) => inNotation(field, values, options.keyNotation)),
        onlyEmpty: options.onlyEmpty,
      };
}

function inNotation(
  field: FieldName,
  values: readonly string[],
  notation: PendingWriteOptions['keyNotation'],
): FieldEdit {
  if (field !== 'key') return { field, values };
  return {
    field,
    values: values.map((value) => {
      const key = keyOf(value);
      return key ? formatKey(key, notation) : value;
    }),
  };
}

/** What became of a file whose edits were to be written. */
export type PendingOutcome = WriteOutcome & { readonly fileId: number };

/** What a write would do to these files. */
export async function previewPending(
  catalogue: Catalogue,
  write: Write,
  ids: readonly number[],
  options: PendingWriteOptions,
  signal?: AbortSignal,
): Promise<readonly PendingOutcome[]> {
  const outcomes: PendingOutcome[] = [];
  const fileIds = new Map<string, number>();
  await write(noting(pendingRequests(catalogue, ids, options), fileIds), {
    label: 'preview',
    dryRun: true,
    multiValue: options.multiValue,
    ...(signal ? { signal } : {}),
    onOutcome: (outcome) => outcomes.push({ ...outcome, fileId: fileIds.get(outcome.path)! }),
  });
  return outcomes;
}

/** Writes the edits of these files. What was written is no edit any more; why others failed stands with them. */
export async function writePending(
  catalogue: Catalogue,
  editing: Editing,
  write: Write,
  ids: readonly number[],
  options: PendingWriteOptions & {
    readonly label: string;
    readonly signal?: AbortSignal;
    readonly onOutcome?: (outcome: PendingOutcome) => void;
  },
): Promise<{ readonly batchId: number | null }> {
  const done: { fileId: number; fields: readonly FieldName[] }[] = [];
  const fileIds = new Map<string, number>();
  let batchId: number | null = null;
  const settle = (outcome: PendingOutcome): void => {
    const { fileId } = outcome;
    if (outcome.kind === 'failed') {
      catalogue.edits.setProblem(fileId, { code: outcome.error.code, message: outcome.error.message });
      return;
    }
    catalogue.edits.setProblem(fileId, null);
    if (outcome.kind === 'written') batchId = outcome.batch ?? batchId;
    // With `onlyEmpty` an edit that is not among the changes found something in its place.
    const fields = options.onlyEmpty
      ? outcome.changes.map(({ field }) => field)
      : [...(catalogue.edits.of([fileId])[0]?.edits.keys() ?? [])];
    if (fields.length > 0) done.push({ fileId, fields });
  };
  try {
    await write(noting(pendingRequests(catalogue, ids, options), fileIds), {
      label: options.label,
      multiValue: options.multiValue,
      keepModifiedTime: options.keepModifiedTime,
      ...(options.signal ? { signal: options.signal } : {}),
      onOutcome: (outcome) => {
        const full = { ...outcome, fileId: fileIds.get(outcome.path)! };
        settle(full);
        options.onOutcome?.(full);
      },
    });
  } finally {
    // Also when it was stopped: what is in the files is no edit any more.
    await editing.written(done, batchId);
  }
  return { batchId };
}

/** Passes requests on and remembers whose they are. */
function* noting(
  requests: Iterable<WriteRequest & { readonly fileId: number }>,
  fileIds: Map<string, number>,
): Generator<WriteRequest> {
  for (const { fileId, ...request } of requests) {
    fileIds.set(request.path, fileId);
    yield request;
  }
}
