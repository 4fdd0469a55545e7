import { mixingTracks } from '../../similar/mixing.ts';
import { os } from '../procedures.ts';
import type { Service } from '../service.ts';
import { trackRow } from './rows.ts';

const DEFAULT_LIMIT = 50;

/** Answers for tracks that sound like one, or mix with it. */
export function similarRoutes({ library }: Service) {
  const { catalogue, settings } = library;
  return os.similar.router({
    tracks: os.similar.tracks.handler(async ({ input, signal }) => {
      const { id, order = 'alike', limit = DEFAULT_LIMIT, representation } = input;
      const rule = settings.keyRule;
      const request = { fileId: id, order, limit, rule, representation, signal };
      const { seed, problem, tracks, ...rest } = await mixingTracks(
        catalogue,
        (options) => library.similar(options),
        request,
      );
      return {
        ...rest,
        seed: trackRow(seed),
        problem: problem && { code: problem.code, message: problem.message },
        tracks: tracks.map(({ row, similarity, mix }) => ({ row: trackRow(row), similarity, mix })),
      };
    }),
    rule: os.similar.rule.handler(() => [...settings.keyRule]),
    setRule: os.similar.setRule.handler(({ input }) => {
      settings.keyRule = input.rule;
      return [...settings.keyRule];
    }),
  });
}
