import { FileError } from '../../shared/errors.ts';
import type { FieldChange } from '../../shared/tags.ts';
import { installedTier, isLargeTier } from '../../shared/tier.ts';
import type { AnalysisSummary } from '../analysis/analyse.ts';
import type { Library, WriteOutcome, WriteRequest } from '../library/library.ts';
import { isWithin } from '../scan/names.ts';
import type { ScanSummary } from '../scan/scan.ts';
import { keyNotation, tierOption } from './arguments.ts';
import type { CommandContext } from './command.ts';
import { reportDevices } from './device-text.ts';
import { pathRecord } from './output.ts';
import { safeText } from './text.ts';
import { trackLine, trackRecord } from './tracks.ts';

/** Scans with progress; files that failed are reported. */
export async function scanFolders(
  context: CommandContext,
  library: Library,
  folders: readonly string[],
): Promise<ScanSummary> {
  const { args, out, signal } = context;
  const summary = await library.scan(folders, {
    signal,
    includeHidden: args.flag('hidden'),
    onProgress: ({ seen, expected, failed }) =>
      out.progress.update({ label: 'scanning', done: seen, total: Math.max(expected, seen), failed }),
  });
  out.progress.clear();
  for (const { path, code, message } of [...summary.failed, ...summary.offline]) {
    out.failure(path, new FileError(code, path, message));
  }
  return summary;
}

/** An analysis; `analysed` are tracks, each counted once however many passes heard it. */
export interface FoldersAnalysed extends AnalysisSummary {
  /** Ids of the tracks that were heard. */
  readonly heard: ReadonlySet<number>;
  /** Paths that were printed. */
  readonly printed: ReadonlySet<string>;
}

/** Analyses what is due, printing each track as it is done. */
export async function analyseFolders(
  context: CommandContext,
  library: Library,
  below: readonly string[] | undefined,
): Promise<FoldersAnalysed> {
  const { args, out, signal } = context;
  const notation = keyNotation(args, library.settings);
  const jobs = args.integer('jobs', 1, 256);
  const tier = tierOption(args);
  const heard = new Set<number>();
  const printed = new Set<string>();
  const unheeded = new Set<string>();
  const summary = await library.analyse({
    ...(below ? { below } : {}),
    signal,
    retry: args.flag('retry'),
    again: args.flag('again'),
    ...(jobs ? { processes: jobs } : {}),
    ...(tier ? { tier } : {}),
    onProblems: (problems) => {
      for (const { file, message } of problems)
        out.note(`The probe ${safeText(file)} is not used: ${safeText(message)}`);
    },
    onDevices: (devices) => reportDevices(out, devices),
    onProgress: ({ tier: large, ...progress }) =>
      out.progress.update({ label: large ? `listening with ${large}` : 'listening', ...progress }),
    onResult: ({ trackId }, { predictions, silentReason, embeddings }) => {
      heard.add(trackId);
      if (predictions.length === 0 && !silentReason) {
        // A large model without a probe changes nothing that is shown.
        for (const { representation } of embeddings) unheeded.add(installedTier(representation));
        return;
      }
      // Every copy of what was heard, of those that were asked for.
      for (const { path } of library.catalogue.files.ofTrack(trackId)) {
        if (below && !below.some((folder) => isWithin(path, folder))) continue;
        const file = library.catalogue.files.details(path);
        if (file?.state !== 'present') continue;
        out.record(trackRecord(file, notation));
        out.line(trackLine(file, notation));
        printed.add(path);
      }
    },
    onFailure: ({ path }, error) => out.failure(path, error),
  });
  out.progress.clear();
  for (const model of [...unheeded].filter(isLargeTier)) {
    out.note(
      `${model} has listened, but nothing predicts from what it heard yet: “cratewise learn” finds out whether it can.`,
    );
  }
  return { ...summary, analysed: heard.size, heard, printed };
}

/** Prints one change of a preview or a write. */
export function printChange(
  context: CommandContext,
  path: string,
  change: FieldChange,
  written: boolean,
): void {
  const { out } = context;
  out.record({ type: 'change', ...pathRecord(path), ...change, written });
  const show = (values: readonly string[]) =>
    values.length === 0 ? '(empty)' : values.map(safeText).join(' | ');
  out.line(
    `${safeText(path)}: ${safeText(change.field)}: ${show(change.before)} → ${show(change.after)}  [${safeText(change.location)}]`,
  );
}

/** Counts of a write, by outcome. */
export interface WriteCounts {
  written: number;
  unchanged: number;
  failed: number;
}

/** Writes (or, as a dry run, only shows) edits, printing each change; refused and failed files are reported. */
export async function writeEdits(
  context: CommandContext,
  library: Library,
  requests: Iterable<WriteRequest>,
  label: string,
): Promise<WriteCounts> {
  const { args, out, signal } = context;
  const counts: WriteCounts = { written: 0, unchanged: 0, failed: 0 };
  const dryRun = args.flag('dry-run');
  const hardLinks = args.choice('hard-links', ['refuse', 'break']);
  const report = (outcome: WriteOutcome) => {
    const { path } = outcome;
    if (outcome.kind === 'failed') {
      counts.failed++;
      out.failure(path, outcome.error);
      return;
    }
    for (const change of outcome.changes) printChange(context, path, change, outcome.kind === 'written');
    if (outcome.changes.length === 0) counts.unchanged++;
    else counts.written++;
    if (outcome.kind === 'written') {
      out.record({ type: 'written', ...pathRecord(path), outcome: 'written', batch: outcome.batch });
    } else if (outcome.kind === 'previewed') {
      out.record({
        type: 'preview',
        ...pathRecord(path),
        changes: outcome.changes.length,
        bytesGrown: outcome.bytesGrown,
      });
    }
    const done = counts.written + counts.unchanged + counts.failed;
    out.progress.update({ label: 'writing', done, total: 0, failed: counts.failed });
  };
  await library.write(requests, {
    label,
    dryRun,
    signal,
    keepModifiedTime: args.flag('keep-mtime'),
    ...(hardLinks ? { hardLinks } : {}),
    onOutcome: report,
  });
  out.progress.clear();
  return counts;
}
