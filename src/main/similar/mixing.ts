import { CratewiseError } from '../../shared/errors.ts';
import { type CompatibilityRule, compatibleKeys, MIX_LEVELS } from '../../shared/music/compatible.ts';
import { keyIndex } from '../../shared/music/key.ts';
import { type MixScore, type MixTrack, mixScore, tempiAround } from '../../shared/music/mixing.ts';
import type { QueryTerm } from '../../shared/query/terms.ts';
import type { Catalogue, SearchQuery, SearchRow } from '../catalogue/index.ts';
import { mixTrack } from './mix-track.ts';
import type { SimilarOptions, SimilarResult } from './similar.ts';

/** What mixes best need not be what sounds most alike: so many of those whose key and tempo go are looked at. */
const POOL = 400;

export interface MixingRequest {
  /** A file of the library. */
  readonly fileId: number;
  readonly order: 'alike' | 'mix';
  readonly limit: number;
  readonly rule: CompatibilityRule;
  readonly representation?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface MixingRow {
  readonly row: SearchRow;
  readonly similarity: number | null;
  readonly mix: MixScore;
}

export interface MixingResult {
  readonly seed: SearchRow;
  readonly representation: string | null;
  readonly compared: number;
  /** Why sounds could not be compared. */
  readonly problem: CratewiseError | null;
  readonly tracks: readonly MixingRow[];
}

/** Asks for tracks that sound alike, see `findSimilar`. */
export type AskSimilar = (options: SimilarOptions) => Promise<SimilarResult>;

/**
 * Tracks that sound like a file, or that mix after it. Where sounds can't be compared, because nothing was listened to
 * yet, keys and tempi still say what mixes.
 * @throws CratewiseError `unknown-file`
 */
export async function mixingTracks(
  catalogue: Catalogue,
  similar: AskSimilar,
  request: MixingRequest,
): Promise<MixingResult> {
  const { fileId, order, limit, rule, representation, signal } = request;
  const [seed] = catalogue.rows([fileId]);
  if (!seed) throw new CratewiseError('unknown-file', 'This file is not in the library any more.');
  const playing = mixTrack(seed);
  const mixing = order === 'mix';
  let found: SimilarResult | null = null;
  let problem: CratewiseError | null = null;
  try {
    found = await similar({
      path: seed.path,
      limit: mixing ? POOL : limit,
      ...(mixing ? { among: mixable(playing, rule) } : {}),
      ...(representation === undefined ? {} : { representation }),
      ...(signal ? { signal } : {}),
    });
  } catch (error) {
    if (!(error instanceof CratewiseError) || signal?.aborted) throw error;
    problem = error;
  }
  const alike = new Map(found?.tracks.map(({ trackId, similarity }) => [trackId, similarity]) ?? []);
  const rows = rowsOfTracks(catalogue, [...alike.keys()]);
  if (mixing && rows.length < limit) rows.push(...byKeyAndTempo(catalogue, playing, rule));
  const seen = new Set<number | string>([seed.trackId ?? seed.path]);
  const tracks = rows
    .filter((row) => {
      const what = row.trackId ?? row.path;
      if (seen.has(what)) return false;
      seen.add(what);
      return true;
    })
    .map((row): MixingRow => {
      const similarity = (row.trackId === null ? undefined : alike.get(row.trackId)) ?? null;
      return { row, similarity, mix: mixScore(playing, mixTrack(row), similarity, rule) };
    });
  if (mixing) tracks.sort((a, b) => b.mix.score - a.mix.score || a.row.path.localeCompare(b.row.path));
  return {
    seed,
    representation: found?.representation ?? null,
    compared: found?.compared ?? 0,
    problem,
    tracks: tracks.slice(0, limit),
  };
}

/** The present file of each track, in this order; tracks without one are left out. */
function rowsOfTracks(catalogue: Catalogue, trackIds: readonly number[]): SearchRow[] {
  const files = trackIds.flatMap(
    (trackId) => catalogue.files.ofTrack(trackId).find(({ state }) => state === 'present')?.id ?? [],
  );
  return [...catalogue.rows(files)];
}

/** Everything whose key and tempo go with what plays, as far as these are known of it. */
function mixable({ key, bpm }: MixTrack, rule: CompatibilityRule): SearchQuery {
  return {
    terms: [
      ...(key
        ? [{ kind: 'key' as const, keys: compatibleKeys(key, rule).map((one) => keyIndex(one.key)) }]
        : []),
      ...tempoTerms(bpm),
    ],
  };
}

function tempoTerms(bpm: number | null): QueryTerm[] {
  if (bpm === null || !(bpm > 0)) return [];
  const ranges = tempiAround(bpm).map((range): QueryTerm[] => [{ kind: 'range', of: 'bpm', ...range }]);
  return [{ kind: 'any', groups: [...ranges, [{ kind: 'missing', field: 'bpm' }]] }];
}

/** What mixes by key and tempo alone: from the safest keys on, until there is enough to choose from. */
function byKeyAndTempo(catalogue: Catalogue, { key, bpm }: MixTrack, rule: CompatibilityRule): SearchRow[] {
  if (key === null && bpm === null) return [];
  const tempo = tempoTerms(bpm);
  if (key === null) return [...catalogue.search({ terms: tempo }, { limit: POOL }).rows];
  const keys = compatibleKeys(key, rule);
  const rows: SearchRow[] = [];
  for (const level of MIX_LEVELS) {
    const wanted = keys.filter((one) => one.level === level).map((one) => keyIndex(one.key));
    if (wanted.length === 0) continue;
    rows.push(...catalogue.search({ keys: wanted, terms: tempo }, { limit: POOL }).rows);
    if (rows.length >= POOL) break;
  }
  return rows;
}
