import { suggestionsFor } from '../../library/suggestions.ts';
import { os } from '../procedures.ts';
import type { Service } from '../service.ts';
import { catalogueQuery, fromNearerEnd, orderOf } from './request.ts';
import { trackDetails, trackRow } from './rows.ts';

/** Answers for searching, and for single tracks. */
export function tracksRoutes({ library: { catalogue, editing }, work, selections }: Service) {
  // Counted over all files: half a second with a million of them.
  let counted: { readonly at: string; readonly genres: ReturnType<typeof catalogue.predictions.genres> };
  const genres = () => {
    const at = `${work.state.revision} ${editing.revision}`;
    if (counted?.at !== at) counted = { at, genres: catalogue.predictions.genres() };
    return counted.genres;
  };

  return os.tracks.router({
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
    rows: os.tracks.rows.handler(({ input }) => catalogue.rows(input.ids, input.fields ?? []).map(trackRow)),
    common: os.tracks.common.handler(async ({ input, signal }) => {
      const { files, fields } = await editing.common(selections.ids(input.selection), signal);
      return { files, fields: [...fields] };
    }),
    genres: os.tracks.genres.handler(() => [...genres()]),
    details: os.tracks.details.handler(({ input }) => {
      const known = catalogue.files.get(input.id);
      const file = known && catalogue.files.details(known.path);
      return file ? trackDetails(file, suggestionsFor(catalogue, file)) : null;
    }),
  });
}

/** Answers for choosing without fetching. */
export function selectionRoutes({ library: { catalogue }, selections }: Service) {
  return os.selection.router({
    all: os.selection.all.handler(({ input }) => {
      const ids = catalogue.ids(catalogueQuery(input));
      return { snapshot: selections.keep(ids), count: ids.length };
    }),
    range: os.selection.range.handler(({ input }) => {
      const { query, offset, limit } = input;
      return [...catalogue.pageIds(catalogueQuery(query), { ...orderOf(input), offset, limit })];
    }),
  });
}
