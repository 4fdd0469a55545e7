import type { LearnReport } from '../../../shared/learn.ts';
import type { Task } from '../../../shared/prediction.ts';
import { genreMapping, mapGenres } from '../../learn/learn.ts';
import type { Library } from '../../library/library.ts';
import type { Command, CommandContext } from '../command.ts';
import { pathRecord } from '../output.ts';
import { fitWidth, percent, plural, safeText } from '../text.ts';
import { UsageError } from '../usage-error.ts';

const WHY: Readonly<Record<LearnReport['leftOut'][number]['why'], string>> = {
  'too-few': 'too few tracks',
  'no-genre': 'says no genre',
  'mapped-away': 'left out by your mapping',
};

function printReport({ out }: CommandContext, report: LearnReport, labels: boolean): void {
  out.record({ type: 'learnt', ...report });
  for (const sentence of report.words) out.line(safeText(sentence));
  if (report.labels.length > 0 && (labels || report.own)) {
    out.line('');
    out.line(
      `${fitWidth('Label', 28)} ${fitWidth('tracks', 7)} ${fitWidth('right', 6)} ${fitWidth('before', 7)} spelt`,
    );
    for (const { label, count, right, shippedRight, spellings } of report.labels) {
      const cells = [
        fitWidth(safeText(label), 28),
        fitWidth(String(count), 7),
        fitWidth(right === null ? '' : percent(right), 6),
        fitWidth(shippedRight === null ? '' : percent(shippedRight), 7),
        spellings.length > 1 ? safeText(spellings.join(', ')) : '',
      ];
      out.line(cells.join(' ').trimEnd());
    }
  }
  if (report.leftOut.length > 0) {
    const shown = report.leftOut.slice(0, labels ? undefined : 12);
    const more = report.leftOut.length - shown.length;
    out.line('');
    out.line(
      `Left out: ${shown.map(({ label, count, why }) => `${safeText(label)} (${count}, ${WHY[why]})`).join('; ')}${more > 0 ? `; and ${more} more` : ''}`,
    );
  }
  if (report.suspicious > 0)
    out.line(`${plural(report.suspicious, 'tag')} look wrong: “cratewise learn --suspicious” lists them.`);
}

/** `Death Metal=Metal`, `Soundtrack=` (leave out), `Soundtrack` (as it was). */
function mappingChanges(texts: readonly string[]): Record<string, string | null | undefined> {
  return Object.fromEntries(
    texts.map((text) => {
      const [name = '', to] = text.split(/=(.*)/s);
      if (name.trim() === '') throw new UsageError(`--map takes name=label; not “${text}”.`);
      if (to !== undefined && to.length > 80) throw new UsageError('A label has 80 characters at most.');
      return [name, to === undefined ? undefined : to.trim() === '' ? null : to.trim()];
    }),
  );
}

async function printSuspicious({ out, args }: CommandContext, library: Library, task: Task): Promise<void> {
  const found = await library.suspiciousTags(task);
  if (!found) {
    out.note('Nothing was learnt from this library yet: “cratewise learn” finds out which tags look wrong.');
    return;
  }
  const limit = args.integer('limit', 0, 100_000) ?? 50;
  const shown = limit === 0 ? found.tags : found.tags.slice(0, limit);
  for (const tag of shown) {
    const { path, tagged, predicted, confidence, taggedProbability } = tag;
    out.record({
      type: 'suspicious',
      task,
      ...pathRecord(path),
      tagged,
      predicted,
      confidence,
      taggedProbability,
    });
    out.line(
      `${safeText(path)}: tagged ${safeText(tagged)} (${percent(taggedProbability)}), sounds like ${safeText(predicted)} (${percent(confidence)})`,
    );
  }
  out.line(
    `${plural(found.tags.length, 'tag')} look wrong${shown.length < found.tags.length ? `, ${shown.length} shown` : ''}.`,
  );
}

export const learn: Command = {
  name: 'learn',
  synopsis: '[genre|key]',
  summary: 'Learn your own genres from your tags and corrections, and use them where that is better',
  details:
    'Labels come from the genre tags of your files and from your reviews; tags that Cratewise wrote count for nothing.\n' +
    'What is learnt is tried on tracks (and artists) that it has not seen and compared with the predictor that is there;\n' +
    'it is put into use only where it is better, for this library alone. Your files are only read.',
  options: {
    'from-predictions': {
      type: 'boolean',
      help: 'without tags: teach a large model what other predictors are confident of',
    },
    representation: {
      type: 'string',
      value: '<list>',
      help: 'try these only, with commas (default: all that are installed and were computed)',
    },
    'min-count': { type: 'string', value: '<n>', help: 'tracks that a label needs (default: 8)' },
    map: {
      type: 'string',
      multiple: true,
      value: '<name=label>',
      help: 'let a genre count as another; “name=” leaves it out, “name” undoes that; kept in the library',
    },
    labels: { type: 'boolean', help: 'show what would be learnt, and the mapping; learn nothing' },
    'dry-run': { type: 'boolean', help: 'find out how good it would be; put nothing into use' },
    suspicious: { type: 'boolean', help: 'list the tags that looked wrong the last time' },
    limit: { type: 'string', value: '<n>', help: 'of these at most (default: 50; 0: all)' },
    forget: { type: 'boolean', help: 'go back to what was learnt before, or to none' },
  },
  async run(context) {
    const { args, out, signal } = context;
    const [task = 'genre', ...others] = args.positionals;
    if ((task !== 'genre' && task !== 'key') || others.length > 0)
      throw new UsageError('“learn” takes genre (default) or key.');
    const minimum = args.integer('min-count', 2, 100_000);
    const changes = mappingChanges(args.texts('map'));
    const only = args.text('representation')?.split(',');
    const library = await context.library();
    const source = args.flag('from-predictions') ? 'predictions' : 'tags';
    if (Object.keys(changes).length > 0) mapGenres(library.catalogue, changes);
    if (args.flag('suspicious')) return printSuspicious(context, library, task);
    if (args.flag('forget')) {
      const left = await library.forgetLearnt(task, source);
      out.record({ type: 'forgotten', task, left });
      out.line(
        left === 'nothing'
          ? 'Nothing that was learnt is in use.'
          : left === 'earlier'
            ? 'What was learnt before is in use again.'
            : 'What was learnt is out of use; the predictors that come with Cratewise count again.',
      );
      return;
    }
    const labels = args.flag('labels');
    const report = await library.learn({
      task,
      source,
      ...(minimum === undefined ? {} : { minimum }),
      ...(only ? { representations: only } : {}),
      dryRun: args.flag('dry-run') || labels,
      labelsOnly: labels,
      signal,
      onProgress: ({ stage, done, total }) => out.progress.update({ label: stage, done, total }),
    });
    out.progress.clear();
    printReport(context, report, labels);
    if (labels) {
      const mapping = Object.entries(genreMapping(library.catalogue));
      for (const [name, to] of mapping) {
        out.record({ type: 'mapping', name, label: to });
        out.line(`Mapping: ${safeText(name)} → ${to === null ? '(left out)' : safeText(to)}`);
      }
    }
  },
};
