import { digest } from '../../bytes/digest.ts';
import type { Unit } from '../../format.ts';
import type { Id3Tag } from './tag.ts';
import { frameName } from './unit-id.ts';

/** What the verifier compares of a tag: header, extended header, every frame, and garbage behind the frames. */
export function id3Units(tag: Id3Tag, prefix = 'ID3v2'): Unit[] {
  const flags = Buffer.alloc(2);
  const units: Unit[] = [
    { id: `${prefix}/header`, digest: digest(Buffer.from([tag.version, tag.revision, tag.flags])) },
  ];
  if (tag.extended)
    units.push({
      id: `${prefix}/extended-header`,
      digest: digest(tag.body.subarray(0, tag.extended.length)),
    });
  for (const frame of tag.frames) {
    flags.writeUInt16BE(frame.flags);
    units.push({
      id: `${prefix}/${frameName(frame.id, frame.body)}`,
      digest: digest(frame.id, flags, frame.content),
    });
  }
  if (!tag.cleanPadding)
    units.push({ id: `${prefix}/trailing`, digest: digest(tag.body.subarray(tag.framesEnd)) });
  return units;
}
