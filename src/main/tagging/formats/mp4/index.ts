import type { ByteSource, ParsedFile, TagFormat } from '../../format.ts';
import { endOf, payloadOf } from './atoms.ts';
import { readFields } from './fields.ts';
import { readItems } from './items.ts';
import { isMp4, readLayout } from './layout.ts';
import { planMp4 } from './plan.ts';
import { unitsOf } from './units.ts';

/** MP4, M4A, M4B and QuickTime: AAC, ALAC and whatever else stands in `mdat`, fragmented or not. */
export const mp4Format: TagFormat = {
  id: 'mp4',
  matches: isMp4,
  parse: parseMp4,
  plan: (source, edits) => planMp4(source, edits),
};

function parseMp4(source: ByteSource): ParsedFile {
  const layout = readLayout(source);
  const items = layout.ilst ? readItems(layout.source, layout.ilst) : [];
  return {
    container: 'mp4',
    values: readFields(items),
    units: unitsOf(layout, items),
    audio: layout.top.atoms
      .filter(({ type }) => type === 'mdat')
      .map((atom) => ({ start: payloadOf(atom), end: endOf(atom) })),
  };
}
