import type { MapPoints, OpenedMap } from '../../shared/contract/map.ts';
import { CratewiseError } from '../../shared/errors.ts';
import { displayGenre, genreKey, parseGenres } from '../../shared/music/genre.ts';
import type { Catalogue, MappedFile } from '../catalogue/index.ts';
import type { LibraryMaps, MapSituation } from '../map/library-maps.ts';
import { Watched } from './watched.ts';

const NONE_8 = 255;
const NONE_16 = 65_535;

/** Genres of one page at most; what is beyond (nobody has that many) counts as none. */
const MOST_GENRES = 5000;

/** Ids up to here fit a list of bits of a few megabytes. */
const HIGHEST_ID = 40_000_000;

/** The maps of a library as user interfaces see them. */
export class MapWork {
  readonly #catalogue: Pick<Catalogue, 'maps' | 'tracks'>;
  readonly #maps: LibraryMaps;
  readonly #watched: Watched<MapSituation>;

  constructor(catalogue: Pick<Catalogue, 'maps' | 'tracks'>, maps: LibraryMaps) {
    this.#catalogue = catalogue;
    this.#maps = maps;
    this.#watched = new Watched(maps.situation);
    maps.onChange = (situation) => this.#watched.set(situation);
  }

  open(representation: string | undefined, listening: boolean): OpenedMap {
    const { sources, source, shown, stale } = this.#maps.open(representation, listening);
    return {
      sources: sources.map(({ representation: id, tier, tracks }) => ({ representation: id, tier, tracks })),
      representation: source?.representation ?? null,
      libraryTracks: this.#catalogue.tracks.count(),
      shown: shown && {
        revision: shown.revision,
        tracks: shown.tracks.length,
        method: shown.method,
        coarse: shown.coarse,
      },
      stale,
    };
  }

  watch(signal?: AbortSignal): AsyncGenerator<MapSituation, void, void> {
    return this.#watched.watch(signal);
  }

  redo(representation: string): void {
    this.#maps.redo(representation);
  }

  stop(): void {
    this.#maps.stop();
  }

  /** A page of the files on the map. @throws CratewiseError `map-changed` */
  points(revision: number, after: number, limit: number): MapPoints {
    const { tracks, places } = this.#maps.at(revision);
    const page = this.#catalogue.maps.files(after, limit);
    const shown = page
      .map((file) => ({ file, at: indexOf(tracks, file.trackId) }))
      .filter(({ at }) => at >= 0);
    const names = new Names();
    const genres = Uint16Array.from(shown, ({ file }) => names.of(genreOf(file)));
    return {
      ids: packed(Uint32Array.from(shown, ({ file }) => file.id)),
      places: packed(Float32Array.from(shown.flatMap(({ at }) => [places[2 * at]!, places[2 * at + 1]!]))),
      genres: packed(genres),
      names: names.list,
      keys: packed(Uint8Array.from(shown, ({ file }) => file.key ?? NONE_8)),
      genreConfidence: packed(
        Uint8Array.from(shown, ({ file }) => confidence(file.predictedGenreConfidence)),
      ),
      keyConfidence: packed(Uint8Array.from(shown, ({ file }) => confidence(file.predictedKeyConfidence))),
      next: page.length < limit ? null : page.at(-1)!.id,
    };
  }
}

/** A set of ids as bits, in base64. */
export function bitsOf(ids: readonly number[]): string {
  const highest = ids.reduce((most, id) => Math.max(most, id), 0);
  if (highest > HIGHEST_ID)
    throw new CratewiseError('map-too-large', 'The library is too large for its map to be filtered.');
  const bits = Buffer.alloc((highest >> 3) + 1);
  for (const id of ids) bits[id >> 3]! |= 1 << (id & 7);
  return bits.toString('base64');
}

/** Genres by number, one number for all spellings of one. */
class Names {
  readonly list: string[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #texts = new Map<string | null, number>();

  of(text: string | null): number {
    const known = this.#texts.get(text);
    if (known !== undefined) return known;
    const number = text === null ? NONE_16 : this.#numbered(text);
    this.#texts.set(text, number);
    return number;
  }

  #numbered(text: string): number {
    const [genre] = parseGenres(text);
    if (genre === undefined) return NONE_16;
    const key = genreKey(genre);
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    if (this.list.length >= MOST_GENRES) return NONE_16;
    this.#numbers.set(key, this.list.length);
    return this.list.push(displayGenre(genre)) - 1;
  }
}

const genreOf = ({ genre, predictedGenre }: MappedFile): string | null => genre ?? predictedGenre;

const confidence = (value: number | null): number => (value === null ? NONE_8 : Math.round(value * 254));

function packed(numbers: Uint8Array | Uint16Array | Uint32Array | Float32Array): string {
  return Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength).toString('base64');
}

/** Place of a number in an increasing list; −1 where it is not in it. */
function indexOf(list: Uint32Array, wanted: number): number {
  let low = 0;
  let high = list.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const value = list[middle]!;
    if (value === wanted) return middle;
    if (value < wanted) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}
