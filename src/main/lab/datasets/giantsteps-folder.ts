import { KEY_LABELS, keyLabel, keyOf } from '../../../shared/music/key.ts';
import { audioFiles, stem } from './audio-files.ts';
import { type Dataset, DatasetError, type DatasetRow } from './dataset.ts';
import { readTable } from './delimited.ts';
import { splitNamed } from './split.ts';

/** Two-minute previews cut in half-minutes, as in the protocol. */
const CLIPS = 4;

/**
 * GiantSteps Key (Knees et al. 2015) and GiantSteps-MTG Key (Faraldo et al. 2017): files called by the Beatport number,
 * `10089.LOFI.mp3`. Each is four clips of half a minute, answered together.
 * @param splitFile columns `track`, `split`, `key`
 */
export async function readGiantstepsFolder(folder: string, splitFile: string): Promise<Dataset> {
  const tracks = new Map(
    readTable(splitFile, ['track', 'split', 'key']).rows.map((row) => [withoutZeros(row.get('track')!), row]),
  );
  const rows: DatasetRow[] = [];
  const seen = new Set<string>();
  for (const path of await audioFiles(folder)) {
    const track = withoutZeros(/^\d+/.exec(stem(path))?.[0] ?? '');
    const row = tracks.get(track);
    if (!row || seen.has(track)) continue;
    seen.add(track);
    const key = keyOf(row.get('key')!);
    if (!key) throw new DatasetError(`${splitFile}: track ${track} has no key that we understand.`);
    const split = splitNamed(row.get('split')!, splitFile);
    for (let clip = 0; clip < CLIPS; clip++) {
      rows.push({
        id: `${track}-${clip}`,
        path,
        clip,
        label: keyLabel(key),
        split,
        group: track,
        song: track,
      });
    }
  }
  if (rows.length === 0) throw new DatasetError(`${folder} holds no track that ${splitFile} names.`);
  const absent = tracks.size - seen.size;
  const leftOut =
    absent > 0 ? [{ what: `${absent} tracks of the split`, why: 'their files are not there' }] : [];
  return { name: 'GiantSteps', kind: 'giantsteps', task: 'key', labels: KEY_LABELS, rows, leftOut };
}

function withoutZeros(number: string): string {
  return number.replace(/^0+(?=\d)/, '');
}
