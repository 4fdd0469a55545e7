import type { MapPoints } from '../../shared/contract/index.ts';

/** Files on the map, in order of id, each thing about them in a list of its own. */
export interface MapData {
  readonly ids: Uint32Array;
  /** x and y of each. */
  readonly places: Float32Array;
  /** Place in `names`; 65535 for none. */
  readonly genres: Uint16Array;
  readonly names: readonly string[];
  /** Key index; 255 for none. */
  readonly keys: Uint8Array;
  /** In 254ths; 255 for none. */
  readonly genreConfidence: Uint8Array;
  readonly keyConfidence: Uint8Array;
}

/** Bytes of what came in base64. */
export function unpacked(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let at = 0; at < binary.length; at++) bytes[at] = binary.charCodeAt(at);
  return bytes;
}

/** Puts pages together; genres get numbers that hold for all of them. */
export function joined(pages: readonly MapPoints[]): MapData {
  const numbers = new Map<string, number>();
  const genres = pages.map(({ genres: packed, names }) => {
    const own = names.map((name) => {
      const number = numbers.get(name) ?? numbers.size;
      numbers.set(name, number);
      return number;
    });
    return new Uint16Array(unpacked(packed).buffer).map((genre) => own[genre] ?? 65_535);
  });
  const bytes = (of: 'keys' | 'genreConfidence' | 'keyConfidence') =>
    concatenated(
      pages.map((page) => unpacked(page[of])),
      (length) => new Uint8Array(length),
    );
  return {
    ids: concatenated(
      pages.map(({ ids }) => new Uint32Array(unpacked(ids).buffer)),
      (length) => new Uint32Array(length),
    ),
    places: concatenated(
      pages.map(({ places }) => new Float32Array(unpacked(places).buffer)),
      (length) => new Float32Array(length),
    ),
    genres: concatenated(genres, (length) => new Uint16Array(length)),
    names: [...numbers.keys()],
    keys: bytes('keys'),
    genreConfidence: bytes('genreConfidence'),
    keyConfidence: bytes('keyConfidence'),
  };
}

function concatenated<T extends Uint8Array | Uint16Array | Uint32Array | Float32Array>(
  parts: readonly T[],
  make: (length: number) => T,
): T {
  const whole = make(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Where points were before, for those that were there; the others begin where they are. */
export function placesBefore(before: MapData, now: MapData): Float32Array {
  const from = now.places.slice();
  let old = 0;
  for (let at = 0; at < now.ids.length; at++) {
    while (old < before.ids.length && before.ids[old]! < now.ids[at]!) old++;
    if (before.ids[old] !== now.ids[at]) continue;
    from[2 * at] = before.places[2 * old]!;
    from[2 * at + 1] = before.places[2 * old + 1]!;
  }
  return from;
}
