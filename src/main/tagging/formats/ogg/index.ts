import type { FieldEdit } from '../../../../shared/tags.ts';
import { digest } from '../../bytes/digest.ts';
import { growth, tidySplices } from '../../bytes/splices.ts';
import type { ByteSource, EditPlan, ParsedFile, TagFormat, Unit } from '../../format.ts';
import { spliceEntries } from '../vorbis-comment/block.ts';
import { commentUnits, editVorbisComment } from '../vorbis-comment/edit.ts';
import { readFields } from '../vorbis-comment/fields.ts';
import { commentOf, readHeaders } from './headers.ts';
import { isPageStart } from './page.ts';
import { repaginate } from './paginate.ts';
import { planRenumbering } from './renumber.ts';

/**
 * Ogg Vorbis, Opus, Speex and Ogg FLAC. Of a chained file (several streams, one after the other) the first stream
 * is read and edited, as TagLib, VLC and foobar2000's first track do; the others stay equal to the byte.
 */
export const oggFormat: TagFormat = {
  id: 'ogg',
  matches: (source) => isPageStart(source, 0),
  parse: parseOgg,
  plan: planOgg,
};

function parseOgg(source: ByteSource): ParsedFile {
  const headers = readHeaders(source);
  const comment = commentOf(headers);
  const units: Unit[] = headers.packets.flatMap(({ bytes }, index) =>
    index === headers.comment
      ? commentUnits(comment)
      : [{ id: `Ogg/header packet ${index}`, digest: digest(bytes) }],
  );
  return {
    container: headers.codec.container,
    values: readFields(comment.entries),
    units,
    audio: [{ start: headers.audioStart, end: source.size, mask: 'ogg-page-headers' }],
  };
}

function planOgg(source: ByteSource, edits: readonly FieldEdit[]): EditPlan {
  const headers = readHeaders(source);
  const comment = commentOf(headers);
  const edit = editVorbisComment(comment, edits);
  if (edit.touched.length === 0) return { splices: [], changes: [], touched: [] };
  const { prefix, prefixLength } = headers.codec;
  const old = headers.packets[headers.comment]!.bytes;
  const entries = spliceEntries(prefixLength, comment, edit.comment);
  const changes = [
    { offset: 0, length: prefixLength, insert: prefix(old, old.length - prefixLength + growth(entries)) },
    ...entries,
  ];
  const trimmed = tidySplices(changes, (offset, length) => old.subarray(offset, offset + length));
  const { splices, delta, renumberFrom } = repaginate(headers, trimmed);
  const plan = { splices, changes: edit.changes, touched: edit.touched };
  if (delta === 0) return plan;
  const renumbering = planRenumbering(source, renumberFrom, headers.pages[0]!.serial, delta);
  return renumbering.end === renumbering.start ? plan : { ...plan, renumber: [renumbering] };
}
