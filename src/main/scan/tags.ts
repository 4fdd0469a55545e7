import type { ITag } from 'music-metadata';
import type { FieldName, StandardField, TagValues } from '../../shared/tags.ts';

/** Tags by kind (`ID3v2.3`, `vorbis`, `iTunes`, …) as music-metadata's `native` gives them. */
export type NativeTags = Readonly<Record<string, readonly ITag[]>>;

interface Source {
  /** Ids of the kind in order of preference: the first that is present counts. Case does not matter. */
  readonly ids: readonly string[];
  /** Which half of `n/total`. */
  readonly part?: 0 | 1;
}

type Mapping = Readonly<Partial<Record<StandardField, Source>>>;

const of = (...ids: string[]): Source => ({ ids });
const half = (part: 0 | 1, ...ids: string[]): Source => ({ ids, part });

/*
 * Our own tables over `native`: music-metadata's `common` has no key for Vorbis INITIALKEY, MP4 initialkey, APE
 * INITIALKEY and ID3v2.2 TKE, cuts decimals off tempos, and mixes tags of several kinds. Names follow
 * docs/tag-writing.md, so that what is read is what would be written.
 */
const ID3_LATER: Mapping = {
  title: of('TIT2'),
  artist: of('TPE1'),
  album: of('TALB'),
  albumArtist: of('TPE2'),
  genre: of('TCON'),
  key: of('TKEY', 'TXXX:INITIALKEY', 'TXXX:INITIAL KEY', 'TXXX:KEY'),
  trackNumber: half(0, 'TRCK'),
  trackTotal: half(1, 'TRCK'),
  discNumber: half(0, 'TPOS'),
  discTotal: half(1, 'TPOS'),
  date: of('TDRC', 'TYER', 'TDRL'),
  bpm: of('TBPM', 'TXXX:BPM'),
  composer: of('TCOM'),
  comment: of('COMM'),
  grouping: of('GRP1', 'TIT1'),
  rating: of('POPM'),
};
const ID3_22: Mapping = {
  title: of('TT2'),
  artist: of('TP1'),
  album: of('TAL'),
  albumArtist: of('TP2'),
  genre: of('TCO'),
  key: of('TKE', 'TXX:INITIALKEY', 'TXX:KEY'),
  trackNumber: half(0, 'TRK'),
  trackTotal: half(1, 'TRK'),
  discNumber: half(0, 'TPA'),
  discTotal: half(1, 'TPA'),
  date: of('TYE'),
  bpm: of('TBP'),
  composer: of('TCM'),
  comment: of('COM'),
  grouping: of('GP1', 'TT1'),
  rating: of('POP'),
};
const VORBIS: Mapping = {
  title: of('TITLE'),
  artist: of('ARTIST'),
  album: of('ALBUM'),
  albumArtist: of('ALBUMARTIST', 'ALBUM ARTIST', 'ALBUM_ARTIST'),
  genre: of('GENRE'),
  key: of('INITIALKEY', 'KEY'),
  trackNumber: half(0, 'TRACKNUMBER'),
  trackTotal: of('TRACKTOTAL', 'TOTALTRACKS'),
  discNumber: half(0, 'DISCNUMBER'),
  discTotal: of('DISCTOTAL', 'TOTALDISCS'),
  date: of('DATE', 'YEAR'),
  bpm: of('BPM', 'TEMPO'),
  composer: of('COMPOSER'),
  comment: of('COMMENT', 'DESCRIPTION'),
  grouping: of('GROUPING'),
  rating: of('RATING'),
};
const freeform = (name: string): string => `----:com.apple.iTunes:${name}`;
const MP4: Mapping = {
  title: of('©nam'),
  artist: of('©ART'),
  album: of('©alb'),
  albumArtist: of('aART'),
  genre: of('©gen', 'gnre'),
  key: of(freeform('initialkey'), freeform('KEY')),
  trackNumber: half(0, 'trkn'),
  trackTotal: half(1, 'trkn'),
  discNumber: half(0, 'disk'),
  discTotal: half(1, 'disk'),
  date: of('©day'),
  bpm: of('tmpo', freeform('BPM')),
  composer: of('©wrt'),
  comment: of('©cmt'),
  grouping: of('©grp'),
};
const APE: Mapping = {
  title: of('Title'),
  artist: of('Artist'),
  album: of('Album'),
  albumArtist: of('Album Artist', 'ALBUMARTIST'),
  genre: of('Genre'),
  key: of('INITIALKEY', 'KEY'),
  trackNumber: half(0, 'Track', 'TRACKNUMBER'),
  trackTotal: half(1, 'Track', 'TRACKNUMBER'),
  discNumber: half(0, 'Disc', 'DISCNUMBER'),
  discTotal: half(1, 'Disc', 'DISCNUMBER'),
  date: of('Year', 'DATE'),
  bpm: of('BPM'),
  composer: of('Composer'),
  comment: of('Comment'),
  grouping: of('Grouping'),
};
const ASF: Mapping = {
  title: of('Title'),
  artist: of('Author'),
  album: of('WM/AlbumTitle'),
  albumArtist: of('WM/AlbumArtist'),
  genre: of('WM/Genre'),
  key: of('WM/InitialKey'),
  trackNumber: half(0, 'WM/TrackNumber'),
  trackTotal: half(1, 'WM/TrackNumber'),
  discNumber: half(0, 'WM/PartOfSet'),
  discTotal: half(1, 'WM/PartOfSet'),
  date: of('WM/Year', 'date'),
  bpm: of('WM/BeatsPerMinute'),
  composer: of('WM/Composer'),
  comment: of('Description'),
  grouping: of('WM/ContentGroupDescription'),
};
const MATROSKA: Mapping = {
  title: of('track:TITLE', 'segment:title'),
  artist: of('track:ARTIST'),
  album: of('album:TITLE'),
  albumArtist: of('album:ARTIST'),
  genre: of('track:GENRE', 'album:GENRE'),
  key: of('track:INITIAL_KEY', 'track:INITIALKEY', 'track:KEY'),
  trackNumber: of('track:PART_NUMBER'),
  trackTotal: of('album:TOTAL_PARTS'),
  date: of('track:DATE_RELEASED', 'album:DATE_RELEASED', 'track:DATE_RECORDED'),
  bpm: of('track:BPM'),
  composer: of('track:COMPOSER'),
  comment: of('track:COMMENT'),
};
const RIFF_INFO: Mapping = {
  title: of('INAM'),
  artist: of('IART'),
  album: of('IPRD'),
  genre: of('IGNR'),
  trackNumber: half(0, 'ITRK', 'IPRT'),
  trackTotal: half(1, 'ITRK', 'IPRT'),
  date: of('ICRD'),
  composer: of('IMUS'),
  comment: of('ICMT'),
};
const AIFF_TEXT: Mapping = { title: of('NAME'), artist: of('AUTH'), comment: of('ANNO') };
const ID3V1: Mapping = {
  title: of('title'),
  artist: of('artist'),
  album: of('album'),
  date: of('year'),
  comment: of('comment'),
  trackNumber: of('track'),
};

/**
 * Kinds by rank: where a file has several, the first that says anything of a field counts. ID3v2 goes before
 * APEv2 (on an MP3 it is the one that is edited; files of APEv2's own containers have no other).
 */
const KINDS: readonly (readonly [string, Mapping])[] = [
  ['vorbis', VORBIS],
  ['iTunes', MP4],
  ['asf', ASF],
  ['matroska', MATROSKA],
  ['ID3v2.4', ID3_LATER],
  ['ID3v2.3', ID3_LATER],
  ['ID3v2.2', ID3_22],
  ['APEv2', APE],
  ['exif', RIFF_INFO],
  ['AIFF', AIFF_TEXT],
  ['ID3v1', ID3V1],
];

/** Kinds in which several values of these fields are commonly one string. */
const JOINED_KINDS = new Set(['ID3v2.3', 'ID3v2.2', 'exif', 'iTunes']);
const MULTI_VALUED: ReadonlySet<string> = new Set(['genre', 'artist', 'albumArtist', 'composer']);
/** Before v2.4 the parser splits these at `/`, which tears “AC/DC” apart; taggers agree on `; ` instead. */
const SLASHED = new Set(['artist', 'albumArtist', 'composer']);
const MAX_VALUES = 64;
const MAX_LENGTH = 4096;

/** Our fields from what a file says. */
export function tagValues(native: NativeTags): TagValues {
  const found: Partial<Record<FieldName, readonly string[]>> = {};
  for (const [kind, mapping] of KINDS) {
    const tags = native[kind];
    if (!tags || tags.length === 0) continue;
    const byId = group(tags);
    for (const [field, source] of Object.entries(mapping) as [StandardField, Source][]) {
      if (found[field]) continue;
      const values = read(kind, field, source, byId);
      if (values.length > 0) found[field] = values;
    }
    if (kind === 'vorbis') splitTotals(found, byId);
  }
  // ID3v1 genres default to a number that says nothing; believed only where it is all that the file has.
  const id3v1 = native.ID3v1;
  if (id3v1 && Object.keys(native).length === 1) {
    const genre = read('ID3v1', 'genre', of('genre'), group(id3v1));
    if (genre.length > 0) found.genre = genre;
  }
  return found;
}

function group(tags: readonly ITag[]): Map<string, ITag['value'][]> {
  const byId = new Map<string, ITag['value'][]>();
  for (const { id, value } of tags) {
    // Comments carry their description in the id; which one is the main one is decided by the value.
    const name = (/^(COMM?|POPM?):/i.exec(id)?.[1] ?? id).toLowerCase();
    const values = byId.get(name);
    if (values) values.push(value);
    else byId.set(name, [value]);
  }
  return byId;
}

function read(
  kind: string,
  field: StandardField,
  source: Source,
  byId: ReadonlyMap<string, readonly ITag['value'][]>,
): string[] {
  for (const id of source.ids) {
    const raw = byId.get(id.toLowerCase());
    if (!raw) continue;
    let values = field === 'comment' ? comments(raw) : raw.flatMap((value) => texts(value));
    if (field === 'rating' && kind.startsWith('ID3v2')) values = raw.flatMap(stars);
    if (kind === 'exif') values = values.map(utf8FromLatin1);
    if (SLASHED.has(field) && (kind === 'ID3v2.3' || kind === 'ID3v2.2')) values = [values.join('/')];
    if (source.part !== undefined) values = values.map((value) => value.split('/')[source.part!] ?? '');
    values = values.flatMap((value) => split(kind, field, value)).filter((value) => value !== '');
    if (source.part !== undefined || /Number|Total/.test(field))
      values = values.filter((value) => value !== '0').slice(0, 1);
    if (values.length > 0) return [...new Set(values)].slice(0, MAX_VALUES);
  }
  return [];
}

/** One stored value into ours: NUL separates everywhere; `; ` where a kind has no better way. */
function split(kind: string, field: string, value: string): string[] {
  const parts = value.split('\0').map((part) => part.slice(0, MAX_LENGTH).toWellFormed().trim());
  return JOINED_KINDS.has(kind) && MULTI_VALUED.has(field)
    ? parts.flatMap((part) => part.split(/; +/)).map((part) => part.trim())
    : parts;
}

/** Text of a native value: strings, numbers, `{ text }` of user-defined frames; pictures and blobs have none. */
function texts(value: ITag['value']): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value === 'number') return Number.isFinite(value) ? [String(value)] : [];
  if (typeof value === 'bigint') return [String(value)];
  if (Array.isArray(value)) return value.flatMap((one) => texts(one as ITag['value']));
  if (value !== null && typeof value === 'object' && 'text' in value)
    return texts(value.text as ITag['value']);
  return [];
}

interface Described {
  readonly descriptor?: string;
  readonly text?: string;
  readonly language?: string;
}

/** The main comment: the first without a description. Those with one are other programs' notes (iTunNORM …). */
function comments(values: readonly ITag['value'][]): string[] {
  const plain = values.filter((value) => typeof value === 'string') as string[];
  if (plain.length > 0) return plain;
  const described = values.filter((value) => value !== null && typeof value === 'object') as Described[];
  const main = described.find((comment) => !comment.descriptor);
  return main?.text ? [main.text] : [];
}

/** POPM's byte as stars in halves, as Windows, MediaMonkey and Mp3tag write and read it. */
function stars(value: ITag['value']): string[] {
  const byte = value !== null && typeof value === 'object' && 'rating' in value ? Number(value.rating) : 0;
  if (!(byte >= 1 && byte <= 255)) return [];
  if (byte === 1) return ['1'];
  const bounds = [22, 31, 63, 95, 127, 159, 191, 223, 254, 255];
  return [String((1 + bounds.findIndex((bound) => byte <= bound)) / 2)];
}

/** `TRACKNUMBER=3/12` where there is no TRACKTOTAL. */
function splitTotals(
  found: Partial<Record<FieldName, readonly string[]>>,
  byId: ReadonlyMap<string, readonly ITag['value'][]>,
): void {
  for (const [field, id] of [
    ['trackTotal', 'TRACKNUMBER'],
    ['discTotal', 'DISCNUMBER'],
  ] as const) {
    if (found[field]) continue;
    const values = read('vorbis', field, half(1, id), byId);
    if (values.length > 0) found[field] = values;
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** RIFF INFO has no encoding; most of today's writers put UTF-8 there, which the parser reads as Latin-1. */
function utf8FromLatin1(text: string): string {
  if (!/[\x80-\xff]/.test(text) || /[^\0-\xff]/.test(text)) return text;
  try {
    return utf8.decode(Buffer.from(text, 'latin1'));
  } catch {
    return text;
  }
}
