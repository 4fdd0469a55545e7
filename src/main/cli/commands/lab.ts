import type { WindowPolicy } from '../../../shared/analysis.ts';
import { defaultWindows } from '../../../shared/analysis.ts';
import { ownProbesFolder } from '../../analysis/analyser-places.ts';
import { nodeHost } from '../../host/node-host.ts';
import { DATASET_KINDS } from '../../lab/datasets/dataset.ts';
import type { DatasetSource } from '../../lab/datasets/source.ts';
import { GRIDS } from '../../lab/experiment.ts';
import { extractFeatures } from '../../lab/extract.ts';
import type { JobProgress } from '../../lab/jobs.ts';
import { taggedFiles } from '../../lab/library-files.ts';
import { estimateText, shareText } from '../../lab/report/table.ts';
import { experimentName } from '../../lab/results.ts';
import { runJob } from '../../lab/run-job.ts';
import { absolutePath } from '../arguments.ts';
import type { Command, CommandContext } from '../command.ts';
import { plural, safeText } from '../text.ts';
import { UsageError } from '../usage-error.ts';

const ACTIONS = ['extract', 'train', 'evaluate', 'report'] as const;
type Action = (typeof ACTIONS)[number];

/** Labels with fewer examples say nothing under cross-validation. */
const MINIMUM = 10;

function need(context: CommandContext, name: string): string {
  const value = context.args.text(name);
  if (value === undefined) throw new UsageError(`--${name} is needed here.`);
  return value;
}

/** The folders after the action. */
function folders(context: CommandContext): string[] {
  return context.args.positionals.slice(1).map(absolutePath);
}

function oneFolder(context: CommandContext): string {
  const [folder, more] = folders(context);
  if (folder === undefined || more !== undefined) throw new UsageError('Name one feature folder.');
  return folder;
}

function list(text: string | undefined): string[] | undefined {
  return text
    ?.split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

function source(context: CommandContext): DatasetSource {
  const { args } = context;
  const kind = args.choice('dataset', DATASET_KINDS);
  if (kind === undefined) throw new UsageError(`--dataset is needed here: ${DATASET_KINDS.join(', ')}.`);
  const task = args.choice('task', ['genre', 'key']) ?? 'genre';
  const minimum = args.integer('minimum', 1, 1_000_000) ?? MINIMUM;
  const split = args.text('split');
  const splitFile = split === undefined ? {} : { split: absolutePath(split) };
  if (kind === 'library') return { kind, name: 'my library', task, minimum };
  const from = absolutePath(need(context, 'from'));
  if (kind === 'gtzan') return { kind, folder: from, ...splitFile };
  if (kind === 'giantsteps') return { kind, folder: from, split: absolutePath(need(context, 'split')) };
  return kind === 'csv' ? { kind, file: from, task, minimum } : { kind, folder: from, task, minimum };
}

function windows(context: CommandContext, kind: DatasetSource['kind']): WindowPolicy {
  const asked = context.args.integer('windows', 0, 100);
  // The data sets of the protocol are clips: they are heard whole.
  const whole = kind === 'gtzan' || kind === 'giantsteps' ? 0 : defaultWindows.count;
  return { count: asked ?? whole, seconds: defaultWindows.seconds };
}

async function extract(context: CommandContext): Promise<void> {
  const { args, out, signal } = context;
  const from = source(context);
  const representations = list(args.text('representations'));
  const jobs = args.integer('jobs', 1, 256);
  const folder = oneFolder(context);
  const summary = await extractFeatures(nodeHost, {
    source: from,
    folder,
    ...(from.kind === 'library' ? { tagged: taggedFiles(context.reader().catalogue) } : {}),
    ...(representations ? { representations } : {}),
    ...(jobs ? { processes: jobs } : {}),
    windows: windows(context, from.kind),
    retry: args.flag('retry'),
    signal,
    onStart: ({ rows, pending, failed, leftOut }) => {
      out.note(
        `${plural(rows, 'row')}: ${pending} to listen to` +
          (failed > 0 ? `, ${failed} failed before (--retry tries them again)` : ''),
      );
      for (const { what, why } of leftOut.slice(0, 20))
        out.note(`  left out: ${safeText(what)}: ${safeText(why)}`);
      if (leftOut.length > 20) out.note(`  and ${leftOut.length - 20} more`);
    },
    onProgress: (progress) => out.progress.update({ label: 'listening', ...progress }),
    onFailure: (path, error) => out.failure(path, error),
  });
  out.progress.clear();
  out.record({ type: 'summary', command: 'lab extract', folder, ...summary });
  out.line(
    `${plural(summary.extracted, 'passage')} of ${summary.representations.join(', ')} stored, ${summary.failed} failed.`,
  );
}

function showProgress(context: CommandContext, label: string): (progress: JobProgress) => void {
  return ({ done, total }) => context.out.progress.update({ label, done, total });
}

function trainSettings(context: CommandContext) {
  const { args } = context;
  return {
    grid: args.choice('grid', GRIDS) ?? GRIDS[0],
    classWeights: args.choice('class-weights', ['none', 'balanced']) ?? 'none',
    seed: args.integer('seed', 0, 2 ** 31) ?? 0,
    command: 'cratewise lab train',
    date: new Date().toISOString().slice(0, 10),
  } as const;
}

async function train(context: CommandContext): Promise<void> {
  const { args, out, signal } = context;
  const folder = oneFolder(context);
  const representations = list(need(context, 'representations')) ?? [];
  if (representations.length === 0) throw new UsageError('--representations names none.');
  const id = args.text('id') ?? experimentName(representations);
  const { probeFile, result } = await runJob(
    nodeHost,
    'experiment',
    { ...trainSettings(context), folder, representations, id },
    { signal, onProgress: showProgress(context, 'training') },
  );
  out.progress.clear();
  const { evaluation, score, bySong, measuredOn, chosen, dataset } = result;
  const n = bySong?.n ?? evaluation.n;
  out.record({
    type: 'experiment',
    folder,
    probeFile,
    ...result,
    wrong: result.wrong.length,
    trials: result.trials.length,
  });
  out.line(`${representations.join(' + ')} on ${safeText(dataset.name)}: ${chosen}`);
  out.line(
    `${dataset.task === 'key' ? 'MIREX' : 'accuracy'} ${estimateText(score)} (${measuredOn}, n ${n}), ` +
      `loss ${evaluation.loss.toFixed(3)}, calibration error ${shareText(evaluation.calibrationError)}`,
  );
  out.line(`Probe: ${safeText(probeFile)}`);
  out.line(`Copied to ${safeText(ownProbesFolder())} it names tracks.`);
}

async function evaluate(context: CommandContext): Promise<void> {
  const { out, signal } = context;
  const folder = oneFolder(context);
  const probe = absolutePath(need(context, 'probe'));
  const evaluated = await runJob(nodeHost, 'evaluate', { folder, probe }, { signal });
  const { evaluation, measuredOn, unknownLabels } = evaluated;
  out.record({ type: 'evaluation', folder, ...evaluated });
  out.line(
    `${safeText(evaluated.probe)} on ${plural(evaluation.n, measuredOn === 'test' ? 'test row' : 'row')}:`,
  );
  out.line(
    `accuracy ${estimateText(evaluation.accuracy)}` +
      (evaluation.mirex ? `, MIREX ${estimateText(evaluation.mirex)}` : '') +
      `, loss ${evaluation.loss.toFixed(3)}, calibration error ${shareText(evaluation.calibrationError)}`,
  );
  if (unknownLabels > 0)
    out.line(`${plural(unknownLabels, 'row')} with labels that it does not know were left out.`);
}

async function report(context: CommandContext): Promise<void> {
  const { args, out, signal } = context;
  const named = folders(context);
  if (named.length === 0) throw new UsageError('Name one feature folder or more.');
  const settings = trainSettings(context);
  const summary = await runJob(
    nodeHost,
    'report',
    {
      folders: named,
      out: absolutePath(args.text('out') ?? named[0]!),
      train: args.flag('no-train') ? null : settings,
      date: settings.date,
    },
    { signal, onProgress: showProgress(context, 'training') },
  );
  out.progress.clear();
  out.record({ type: 'report', ...summary });
  for (const { name, seed, genre, key } of summary.table) {
    const cell = (theirs: number | undefined, ours: typeof genre) =>
      `${theirs === undefined ? '    ' : shareText(theirs)}  ${(ours ? `${estimateText(ours.score)}${ours.comparable ? '' : ' *'}` : '—').padEnd(22)}`;
    out.line(`${name.padEnd(24)} genre ${cell(seed?.genre, genre)} key ${cell(seed?.key, key)}`.trimEnd());
  }
  out.line(
    'First the seed’s figure, then ours. *: not on the seed’s rows, so not to be compared. —: not measured.',
  );
  out.line(`Report: ${safeText(summary.page)}`);
}

const RUN: Readonly<Record<Action, (context: CommandContext) => Promise<void>>> = {
  extract,
  train,
  evaluate,
  report,
};

export const lab: Command = {
  name: 'lab',
  synopsis: 'extract | train | evaluate | report  <feature folder> …',
  summary: 'Compare representations on labelled music, train probes, write a report',
  details: [
    'extract <folder> --dataset gtzan|giantsteps|folders|csv|library --from <where>: compute vectors into a folder.',
    'train <folder> --representations choi,musicnn-tags: train a probe on them and measure it.',
    'evaluate <folder> --probe <file>: measure any probe file.',
    'report <folder…>: train what has no result yet, and write report.html and report.json.',
    'Nothing is written to audio files or to the library. More: docs/lab.md',
  ].join('\n'),
  options: {
    dataset: { type: 'string', value: '<kind>', help: DATASET_KINDS.join(', ') },
    from: { type: 'string', value: '<path>', help: 'the data set’s folder, or its list for csv' },
    split: { type: 'string', value: '<file>', help: 'its split: clip or track, and train, valid or test' },
    task: { type: 'string', value: '<task>', help: 'genre (default) or key; for folders, csv, library' },
    minimum: { type: 'string', value: '<n>', help: `examples that a label needs (default ${MINIMUM})` },
    representations: {
      type: 'string',
      value: '<list>',
      help: 'ids with commas; extract: default all, and musicgen-small:all for its layers',
    },
    windows: { type: 'string', value: '<n>', help: 'half-minutes of each file to listen to; 0: all of it' },
    retry: { type: 'boolean', help: 'extract: try again what failed before' },
    jobs: { type: 'string', value: '<n>', help: 'extract: analyser processes (default: one per core)' },
    grid: { type: 'string', value: '<grid>', help: `what is tried: ${GRIDS.join(', ')}` },
    'class-weights': { type: 'string', value: '<how>', help: 'none (default) or balanced' },
    seed: { type: 'string', value: '<n>', help: 'of random numbers (default 0)' },
    id: { type: 'string', value: '<id>', help: 'train: the probe’s name' },
    probe: { type: 'string', value: '<file>', help: 'evaluate: the probe file' },
    out: {
      type: 'string',
      value: '<folder>',
      help: 'report: where it goes (default: the first feature folder)',
    },
    'no-train': { type: 'boolean', help: 'report: only the results that are there' },
  },
  async run(context) {
    const [action] = context.args.positionals;
    const known = ACTIONS.find((each) => each === action);
    if (!known) throw new UsageError(`lab takes ${ACTIONS.join(', ')}.`);
    await RUN[known](context);
  },
};
