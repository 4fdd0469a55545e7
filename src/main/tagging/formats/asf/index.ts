import type { TagFormat } from '../../format.ts';
import { readNamedValues } from '../common/named-fields.ts';
import { readAsfTags } from './attributes.ts';
import { planAsf } from './edit.ts';
import { ASF_FIELDS, asfTexts } from './fields.ts';
import { isAsf, readAsf } from './objects.ts';
import { asfUnits } from './units.ts';

/** WMA and other ASF files. */
export const asfFormat: TagFormat = {
  id: 'asf',
  matches: isAsf,
  parse(source) {
    const file = readAsf(source);
    const tags = readAsfTags(file);
    return {
      container: 'asf',
      values: readNamedValues(asfTexts(tags), ASF_FIELDS),
      units: asfUnits(source, file, tags),
      audio: [{ start: file.data.start, end: file.data.end }],
    };
  },
  plan: (source, edits) => planAsf(source, edits),
};
