import { suggestionsFor } from '../../library/suggestions.ts';
import { os } from '../procedures.ts';
import type { Service } from '../service.ts';
import { catalogueQuery, pageOf } from './request.ts';
import { trackDetails, trackRow } from './rows.ts';

/** Answers for searching, and for single tracks. */
export function tracksRoutes({ library: { catalogue, editing, reader }, work, selections }: Service) {
  // Counted over all files: half a second with a million of them.
  let counted: { readonly at: string; readonly genres: ReturnType<typeof reader.genres> } | undefined;
  const genres = () => {
    const at = `${work.state.revision} ${editing.revision}`;
    if (counted?.at === at) return counted.genres;
    const asked = reader.genres();
    counted = { at, genres: asked };
    asked.catch(() => {
      counted = undefined;
    });
    return asked;
  };

  return os.tracks.router({
    search: os.tracks.search.handler(async ({ input, signal }) => {
      const query = catalogueQuery(input.query);
      const { rows, total } = await reader.page(query, pageOf(input), signal);
      return { rows: rows.map(trackRow), total: total ?? (await reader.count(query, signal)) };
    }),
    page: os.tracks.page.handler(async ({ input, signal }) => {
      const { rows, total } = await reader.page(catalogueQuery(input.query), pageOf(input), signal);
      return { rows: rows.map(trackRow), total };
    }),
    count: os.tracks.count.handler(({ input, signal }) => reader.count(catalogueQuery(input), signal)),
    keyCounts: os.tracks.keyCounts.handler(async ({ input, signal }) => {
      const { keys: _, ...query } = catalogueQuery(input);
      return [...(await reader.keyCounts(query, signal))];
    }),
    rows: os.tracks.rows.handler(({ input }) => catalogue.rows(input.ids, input.fields ?? []).map(trackRow)),
    common: os.tracks.common.handler(async ({ input, signal }) => {
      const { files, fields } = await editing.common(selections.ids(input.selection), signal);
      return { files, fields: [...fields] };
    }),
    genres: os.tracks.genres.handler(async () => [...(await genres())]),
    details: os.tracks.details.handler(({ input }) => {
      const known = catalogue.files.get(input.id);
      const file = known && catalogue.files.details(known.path);
      return file ? trackDetails(file, suggestionsFor(catalogue, file)) : null;
    }),
  });
}

/** Answers for choosing without fetching. */
export function selectionRoutes({ library: { reader }, selections }: Service) {
  return os.selection.router({
    all: os.selection.all.handler(async ({ input, signal }) => {
      const ids = await reader.ids(catalogueQuery(input), signal);
      return { snapshot: selections.keep(Array.from(ids)), count: ids.length };
    }),
    range: os.selection.range.handler(async ({ input, signal }) => [
      ...(await reader.pageIds(catalogueQuery(input.query), pageOf(input), signal)),
    ]),
  });
}
