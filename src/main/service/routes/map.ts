import { bitsOf } from '../map.ts';
import { os } from '../procedures.ts';
import type { Service } from '../service.ts';
import { catalogueQuery } from './request.ts';

/** Answers for the map of tracks. */
export function mapRoutes({ library: { catalogue }, work, maps }: Service) {
  return os.map.router({
    open: os.map.open.handler(({ input }) =>
      maps.open(input.representation, work.state.listening.state === 'running'),
    ),
    watch: os.map.watch.handler(({ signal }) => maps.watch(signal)),
    redo: os.map.redo.handler(({ input }) => maps.redo(input.representation)),
    stop: os.map.stop.handler(() => maps.stop()),
    points: os.map.points.handler(({ input: { revision, after, limit } }) =>
      maps.points(revision, after, limit),
    ),
    found: os.map.found.handler(({ input }) => {
      const ids = catalogue.ids(catalogueQuery(input));
      return { bits: bitsOf(ids), count: ids.length };
    }),
  });
}
