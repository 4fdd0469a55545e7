import { GTZAN_GENRES } from '../../../shared/music/genre.ts';
import { audioFiles, stem } from './audio-files.ts';
import { type Dataset, DatasetError, type DatasetRow } from './dataset.ts';
import { readTable } from './delimited.ts';
import { splitNamed } from './split.ts';

/** Folds of the trainer: each label should be in each. */
const FOLDS = 5;

/** `blues.00000`: the name of a clip begins with its genre. */
const CLIP = /^([a-z]+)\.(\d{5})$/;

/**
 * GTZAN (Tzanetakis & Cook 2002): files called `blues.00000.<extension>`, in folders by genre or in one.
 * @param splitFile columns `clip` and `split`: the fault-filtered split (Kereliuk, Sturm & Larsen 2015) has 443 / 197 /
 *   290 clips; clips that it does not name are left out. Without it neighbours in the numbering, who are often of one
 *   artist, stay together in folds.
 */
export async function readGtzanFolder(folder: string, splitFile?: string): Promise<Dataset> {
  const splits = splitFile
    ? new Map(
        readTable(splitFile, ['clip', 'split']).rows.map((row) => [
          row.get('clip')!,
          splitNamed(row.get('split')!, splitFile),
        ]),
      )
    : null;
  const seen = new Set<string>();
  const rows: DatasetRow[] = [];
  for (const path of await audioFiles(folder)) {
    const id = stem(path);
    const genre = CLIP.exec(id)?.[1] ?? '';
    if (!(GTZAN_GENRES as readonly string[]).includes(genre) || seen.has(id)) continue;
    if (splits && !splits.has(id)) continue;
    seen.add(id);
    rows.push({
      id,
      path,
      clip: null,
      label: genre,
      split: splits?.get(id) ?? null,
      group: id.slice(0, -1),
      song: '',
    });
  }
  if (rows.length === 0)
    throw new DatasetError(`${folder} holds no clip of GTZAN (blues.00000.wav and so on).`);
  // Of a few clips only, neighbours can't be kept together: a whole genre would be in one fold.
  const groups = new Map(rows.map(({ group, label }) => [group, label]));
  const isSmall = GTZAN_GENRES.some(
    (genre) =>
      rows.some(({ label }) => label === genre) &&
      [...groups.values()].filter((label) => label === genre).length < FOLDS,
  );
  const labels = GTZAN_GENRES.filter((genre) => rows.some(({ label }) => label === genre));
  const absent = splits ? [...splits.keys()].filter((clip) => !seen.has(clip)).length : 0;
  const leftOut =
    absent > 0 ? [{ what: `${absent} clips of the split`, why: 'their files are not there' }] : [];
  return {
    name: 'GTZAN',
    kind: 'gtzan',
    task: 'genre',
    labels,
    rows: isSmall ? rows.map((row) => ({ ...row, group: '' })) : rows,
    leftOut,
  };
}
