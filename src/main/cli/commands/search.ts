import { sortFieldSchema } from '../../../shared/contract/search.ts';
import { type CompatibilityRule, compatibleKeys, DEFAULT_RULE } from '../../../shared/music/compatible.ts';
import { keyIndex, keyOf } from '../../../shared/music/key.ts';
import type { Task } from '../../../shared/prediction.ts';
import { parseQuery } from '../../../shared/query/parse.ts';
import type { SearchQuery } from '../../catalogue/index.ts';
import type { Settings } from '../../library/settings.ts';
import { keyNotation, pathArguments } from '../arguments.ts';
import type { Command, CommandContext, LibraryReader } from '../command.ts';
import type { Arguments } from '../options.ts';
import { QUERY_HELP, queryProblem } from '../query.ts';
import { plural } from '../text.ts';
import { TRACK_HEADER, trackLine, trackRecord } from '../tracks.ts';
import { UsageError } from '../usage-error.ts';

/** What a search can be sorted by. */
export const SORTS = sortFieldSchema.options;
const DEFAULT_LIMIT = 100;

function tasks(args: Arguments, name: string): Task[] {
  return args.texts(name).map((value) => {
    if (value !== 'key' && value !== 'genre')
      throw new UsageError(`--${name} takes key or genre; not “${value}”.`);
    return value;
  });
}

function keys(args: Arguments, rule: CompatibilityRule): number[] | undefined {
  const texts = args.texts('key');
  if (texts.length === 0) {
    if (args.flag('compatible')) throw new UsageError('--compatible needs a --key to be compatible with.');
    return undefined;
  }
  const found = texts.map((text) => {
    const key = keyOf(text);
    if (!key) throw new UsageError(`“${text}” is no key. Write it like 8A, Am, “A minor” or 1m.`);
    return key;
  });
  const all = args.flag('compatible')
    ? found.flatMap((key) => compatibleKeys(key, rule).map((other) => other.key))
    : found;
  return [...new Set([...found, ...all].map(keyIndex))];
}

/** `--query` in the language of the app's search. */
function queryTerms(args: Arguments, rule: CompatibilityRule): Pick<SearchQuery, 'terms'> {
  const text = args.text('query');
  if (text === undefined) return {};
  const { terms, problems } = parseQuery(text, { rule });
  const [problem] = problems;
  if (problem) throw new UsageError(queryProblem(problem));
  return { terms };
}

/** The query that the options ask for. @throws UsageError */
export function searchQuery(
  args: Arguments,
  below: readonly string[],
  { keyRule }: Pick<Settings, 'keyRule'>,
): SearchQuery {
  const source = args.choice('source', ['tag', 'prediction', 'effective']);
  const wanted = keys(args, keyRule);
  const min = args.number('min-confidence', 0, 1);
  const max = args.number('max-confidence', 0, 1);
  const bounds = { ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) };
  const confidenceTasks: Task[] = args.texts('genre').length > 0 && !wanted ? ['genre'] : ['key'];
  const text = args.text('text');
  const missing = tasks(args, 'missing');
  const differs = tasks(args, 'differs');
  return {
    ...(wanted ? { keys: wanted } : {}),
    ...(args.texts('genre').length > 0 ? { genres: args.texts('genre') } : {}),
    ...(source ? { keySource: source, genreSource: source } : {}),
    ...(text === undefined ? {} : { text }),
    ...(missing.length > 0 ? { missing } : {}),
    ...(differs.length > 0 ? { differs } : {}),
    ...(min === undefined && max === undefined
      ? {}
      : { confidence: Object.fromEntries(confidenceTasks.map((task) => [task, bounds])) }),
    ...queryTerms(args, keyRule),
    ...(below.length > 0 ? { below } : {}),
    ...(args.flag('all-states') ? { states: ['present', 'missing', 'offline'] as const } : {}),
  };
}

/** What is not understood is said before a library is looked for. @throws UsageError, and as `context.reader` does */
function queriedLibrary(context: Pick<CommandContext, 'args' | 'reader'>): {
  library: LibraryReader;
  query: SearchQuery;
} {
  const { args } = context;
  const below = pathArguments(args);
  searchQuery(args, below, { keyRule: DEFAULT_RULE });
  const library = context.reader();
  return { library, query: searchQuery(args, below, library.settings) };
}

export const search: Command = {
  name: 'search',
  synopsis: '[<folder…>]',
  summary: 'Find tracks by key, genre, text, confidence or missing tags',
  details:
    'Every condition given must hold. A key or genre is taken from the tag and, where that is empty, from the ' +
    'prediction; --source takes only one of them. Confidence bounds are about the key, or about the genre when ' +
    'only a genre is asked for.',
  options: {
    query: { type: 'string', short: 'Q', value: '<text>', help: QUERY_HELP },
    key: {
      type: 'string',
      multiple: true,
      value: '<key>',
      help: '8A, Am, “A minor”, 1m; may be given several times',
    },
    compatible: {
      type: 'boolean',
      help: 'also keys that mix with it, by the rule of the library (cratewise settings key-rule=…)',
    },
    genre: { type: 'string', multiple: true, value: '<genre>', help: 'any of those given' },
    text: {
      type: 'string',
      value: '<words>',
      help: 'words, or their beginnings, in title, artist, album, comment, path',
    },
    missing: {
      type: 'string',
      multiple: true,
      value: '<field>',
      help: 'tracks whose key or genre tag is empty',
    },
    differs: {
      type: 'string',
      multiple: true,
      value: '<field>',
      help: 'tracks tagged otherwise than predicted',
    },
    source: { type: 'string', value: '<source>', help: 'tag, prediction or effective (default)' },
    'min-confidence': { type: 'string', value: '<p>', help: 'predictions from this probability (0 to 1)' },
    'max-confidence': { type: 'string', value: '<p>', help: 'predictions up to this probability' },
    sort: { type: 'string', value: '<field>', help: SORTS.join(', ') },
    descending: { type: 'boolean', help: 'last first' },
    'all-states': { type: 'boolean', help: 'missing and offline files too' },
    limit: { type: 'string', value: '<n>', help: `at most so many (default ${DEFAULT_LIMIT}; 0: all)` },
  },
  async run(context) {
    const { args, out, signal } = context;
    const { library, query } = queriedLibrary(context);
    const sort = args.choice('sort', SORTS);
    const limit = args.integer('limit', 0, Number.MAX_SAFE_INTEGER) ?? DEFAULT_LIMIT;
    const notation = keyNotation(args, library.settings);
    const total = library.catalogue.count(query);
    let shown = 0;
    const order = { ...(sort ? { sort } : {}), ...(args.flag('descending') ? { descending: true } : {}) };
    for (const page of library.catalogue.searchAll(query, order)) {
      for (const row of page.rows) {
        if (signal.aborted || (limit > 0 && shown >= limit)) break;
        const file = library.catalogue.files.details(row.path);
        if (!file) continue;
        if (shown === 0) out.line(TRACK_HEADER);
        out.record(trackRecord(file, notation));
        out.line(trackLine(file, notation));
        shown++;
      }
      await out.drained();
      if (signal.aborted || (limit > 0 && shown >= limit)) break;
    }
    out.record({ type: 'summary', command: 'search', found: total, shown });
    out.line(
      shown < total
        ? `${shown} of ${plural(total, 'track')}; --limit shows more.`
        : `${plural(total, 'track')}.`,
    );
  },
};
