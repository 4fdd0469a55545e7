import type { FieldEdit } from '../../src/shared/tags.ts';

/** One kind of edit that every fixture goes through, from its original bytes. */
export interface Case {
  readonly name: string;
  readonly edits: readonly FieldEdit[];
}

const set = (field: FieldEdit['field'], ...values: string[]): FieldEdit => ({ field, values });

export const CASES: readonly Case[] = [
  { name: 'genre and key', edits: [set('genre', 'Deep House', 'Электро 夜'), set('key', 'Ebm')] },
  {
    name: 'all other fields',
    edits: [
      set('title', 'A new title ✓'),
      set('artist', 'First', 'Второй'),
      set('album', 'Another album'),
      set('albumArtist', 'Some band'),
      set('trackNumber', '7'),
      set('trackTotal', '15'),
      set('discNumber', '2'),
      set('discTotal', '3'),
      set('date', '2019'),
      set('bpm', '127'),
      set('composer', 'J. S. Bach'),
      set('comment', 'New comment, with ümlauts'),
      set('grouping', 'Peak time'),
    ],
  },
  { name: 'genre and key cleared', edits: [set('genre'), set('key')] },
  { name: 'a long title', edits: [set('title', 'ж'.repeat(9_000))] },
  { name: 'a field of its own', edits: [set('custom:CRATEWISE', 'yes')] },
];

/** Where independent readers may show a difference after an edit of a field: names in `dump.py`'s form. */
export const ALLOWED_ENTRIES: Readonly<Record<string, RegExp>> = {
  genre: /^(ID3\/TCO(N)?|APE\/genre|VC\/GENRE|MP4\/(©gen|gnre)|ASF\/WM\/Genre|INFO\/IGNR)$/,
  key: /^(ID3\/TKEY?|APE\/(initialkey|key)|VC\/(INITIALKEY|KEY)|MP4\/----:com\.apple\.iTunes:initialkey|ASF\/WM\/InitialKey)$/i,
  title: /^(ID3\/(TIT2|TT2)|APE\/title|VC\/TITLE|MP4\/©nam|ASF\/title|INFO\/INAM)$/i,
  artist: /^(ID3\/TPE?1|APE\/artist|VC\/ARTIST|MP4\/©ART|ASF\/Author|INFO\/IART)$/,
  album: /^(ID3\/(TALB|TAL)|APE\/album|VC\/ALBUM|MP4\/©alb|ASF\/WM\/AlbumTitle|INFO\/IPRD)$/,
  albumArtist: /^(ID3\/TPE?2|APE\/album artist|VC\/ALBUM ?ARTIST|MP4\/aART|ASF\/WM\/AlbumArtist)$/,
  trackNumber:
    /^(ID3\/(TRCK|TRK)|APE\/track|VC\/(TRACKNUMBER|TRACKTOTAL)|MP4\/trkn|ASF\/WM\/TrackNumber|INFO\/(ITRK|IPRT))$/,
  discNumber: /^(ID3\/(TPOS|TPA)|APE\/disc|VC\/(DISCNUMBER|DISCTOTAL)|MP4\/disk|ASF\/WM\/PartOfSet)$/,
  date: /^(ID3\/(TDRC|TYER|TDAT|TIME|TYE|TDA|TIM)|APE\/year|VC\/(DATE|YEAR)|MP4\/©day|ASF\/WM\/Year|INFO\/ICRD)$/,
  bpm: /^(ID3\/(TBPM|TBP)|APE\/bpm|VC\/BPM|MP4\/(tmpo|----:com\.apple\.iTunes:BPM)|ASF\/WM\/BeatsPerMinute|INFO\/IBPM)$/i,
  composer: /^(ID3\/(TCOM|TCM)|APE\/composer|VC\/COMPOSER|MP4\/©wrt|ASF\/WM\/Composer|INFO\/IMUS)$/,
  comment:
    /^(ID3\/(COMM|COM)::...|APE\/comment|VC\/(COMMENT|DESCRIPTION)|MP4\/©cmt|ASF\/Description|INFO\/ICMT)$/,
  grouping:
    /^(ID3\/(TIT1|TT1|GRP1|GP1)|APE\/grouping|VC\/GROUPING|MP4\/©grp|ASF\/WM\/ContentGroupDescription)$/,
  'custom:CRATEWISE':
    /^(ID3\/(TXXX|TXX):CRATEWISE|APE\/cratewise|VC\/CRATEWISE|MP4\/----:com\.apple\.iTunes:CRATEWISE|ASF\/CRATEWISE)$/,
};

/** The same for kid3's and ffprobe's names, without regard to case. */
export const ALLOWED_LABELS: Readonly<Record<string, RegExp>> = {
  genre: /^(genre|wm\/genre)$/,
  key: /^(initial ?_?key|key|tkey?|wm\/initialkey)$/,
  title: /^title$/,
  artist: /^(artist|author)$/,
  album: /^album$/,
  albumArtist: /^(album[ _]?artist|wm\/albumartist)$/,
  trackNumber: /^(track( number)?|trk|tracktotal|total tracks|trackc)$/,
  discNumber: /^(disc( number)?|tpa|disctotal|total discs|wm\/partofset)$/,
  date: /^(date|year|tyer?|tda|tdrc|wm\/year|recording date)$/,
  bpm: /^(bpm|tbpm?|tmpo|wm\/beatsperminute)$/,
  composer: /^(composer|tcm|wm\/composer)$/,
  comment: /^(comment|description)$/,
  grouping: /^(grouping|work|tit1|tt1|wm\/contentgroupdescription|content group)$/,
  'custom:CRATEWISE': /^cratewise$/,
};

/** The totals share a place with their numbers. */
export const placeOf = (field: string): string =>
  field === 'trackTotal' ? 'trackNumber' : field === 'discTotal' ? 'discNumber' : field;
