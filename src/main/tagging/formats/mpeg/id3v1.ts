import { ID3V1_GENRES } from '../../../../shared/music/genre.ts';
import type { SeedFrame } from '../id3/index.ts';

/** Latin-1 text frame with the very bytes of the old tag: what reads them as another code page still can. */
function textFrame(id: string, text: Buffer): SeedFrame[] {
  return text.length === 0 ? [] : [{ id, body: Buffer.concat([Buffer.from([0]), text]) }];
}

/** A fixed-width field without the NULs and spaces that fill it up. */
function field(bytes: Buffer, start: number, end: number): Buffer {
  const nul = bytes.indexOf(0, start);
  let stop = nul >= 0 && nul < end ? nul : end;
  while (stop > start && bytes[stop - 1] === 0x20) stop -= 1;
  return bytes.subarray(start, stop);
}

/**
 * The fields of an ID3v1(.1) tag as ID3v2.3 frames. Most software looks at ID3v1 only where there is no ID3v2,
 * so a new ID3v2 tag has to say what the old one said, or title and artist would seem lost.
 * @param tag its 128 bytes
 */
export function framesFromId3v1(tag: Buffer): SeedFrame[] {
  const hasTrack = tag[125] === 0 && tag[126] !== 0;
  const comment = field(tag, 97, hasTrack ? 125 : 127);
  const genre = ID3V1_GENRES[tag[127]!];
  return [
    ...textFrame('TIT2', field(tag, 3, 33)),
    ...textFrame('TPE1', field(tag, 33, 63)),
    ...textFrame('TALB', field(tag, 63, 93)),
    ...textFrame('TYER', field(tag, 93, 97)),
    ...(hasTrack ? textFrame('TRCK', Buffer.from(String(tag[126]))) : []),
    ...(genre === undefined ? [] : textFrame('TCON', Buffer.from(genre, 'latin1'))),
    ...(comment.length === 0
      ? []
      : [{ id: 'COMM', body: Buffer.concat([Buffer.from('\0eng\0', 'latin1'), comment]) }]),
  ];
}
