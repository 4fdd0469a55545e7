import type { FieldSlots } from '../common/named-fields.ts';

/**
 * Item keys of APEv2 by our fields. Names as in the APEv2 key list of the Hydrogenaudio wiki, as foobar2000,
 * Mp3tag, Picard and TagLib write them; keys are compared without case, so one spelling a name is enough.
 * `rating` has no convention that two programs share, so it is not offered.
 */
export const APE_FIELDS: FieldSlots = {
  title: { names: ['Title'] },
  artist: { names: ['Artist'] },
  album: { names: ['Album'] },
  albumArtist: { names: ['Album Artist', 'ALBUMARTIST'] },
  genre: { names: ['Genre'] },
  // rekordbox, Serato and Traktor read INITIALKEY; Picard writes KEY.
  key: { names: ['INITIALKEY', 'KEY'], alwaysPrimary: true },
  trackNumber: { names: ['Track', 'TRACKNUMBER'], part: 'number' },
  trackTotal: { names: ['Track', 'TRACKNUMBER'], part: 'total' },
  discNumber: { names: ['Disc', 'DISCNUMBER'], part: 'number' },
  discTotal: { names: ['Disc', 'DISCNUMBER'], part: 'total' },
  date: { names: ['Year', 'DATE'] },
  bpm: { names: ['BPM'] },
  composer: { names: ['Composer'] },
  comment: { names: ['Comment'] },
  grouping: { names: ['Grouping'] },
};
