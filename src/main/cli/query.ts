import { OFFERED_STATES } from '../../shared/query/fields.ts';
import type { QueryProblem } from '../../shared/query/parse.ts';

export const QUERY_HELP = 'as in the app: “key:8A~ genre:techno -live bpm:>120 missing:key conf:<.6”';

/** What to tell someone whose query is not understood. */
export function queryProblem({ code, field, value }: QueryProblem): string {
  switch (code) {
    case 'empty':
      return `--query: ${field}: needs something behind it.`;
    case 'no-key':
      return `--query: “${value}” is no key. Write it like 8A, Am or 1m; 8A~ also finds what mixes with it.`;
    case 'no-number':
      return `--query: “${value}” is no number. Write ${field}:>120, ${field}:120-128 or ${field}:<=90.`;
    case 'no-duration':
      return `--query: “${value}” is no length. Write ${field}:<6:30 or ${field}:>90 (seconds).`;
    case 'no-field':
      return `--query: there is no field “${value}”. There are key, genre, title, artist, year and the like.`;
    case 'no-task':
      return `--query: ${field}: takes key, genre or any; not “${value}”.`;
    case 'no-state':
      return `--query: ${field}: takes ${OFFERED_STATES.join(', ')}; not “${value}”.`;
    case 'alone':
      return `--query: ${value} needs a condition beside it. To look for the word, write it in quotation marks: "${value}".`;
  }
}
