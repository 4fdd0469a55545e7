import { genreMapping, mapGenres } from '../../learn/learn.ts';
import { suspiciousPage } from '../learn.ts';
import { os } from '../procedures.ts';
import type { Service } from '../service.ts';

/** Answers for learning from the user's own tags. */
export function learnRoutes({ library, work }: Service) {
  const { catalogue } = library;
  return os.learn.router({
    report: os.learn.report.handler(async ({ input }) => (await library.learnReport(input.task)) ?? null),
    labels: os.learn.labels.handler(({ input }) => library.learn({ task: input.task, labelsOnly: true })),
    start: os.learn.start.handler(({ input }) => work.learn(input.task, input.source ?? 'tags')),
    forget: os.learn.forget.handler(({ input }) =>
      work.alone(() => library.forgetLearnt(input.task, input.source ?? 'tags')),
    ),
    suspicious: os.learn.suspicious.handler(({ input }) =>
      suspiciousPage(library, input.task, input.offset, input.limit),
    ),
    mapping: os.learn.mapping.handler(() => ({ ...genreMapping(catalogue) })),
    map: os.learn.map.handler(({ input }) => {
      mapGenres(catalogue, { [input.name]: input.label });
      return { ...genreMapping(catalogue) };
    }),
  });
}
