import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvEntry, csvHead, fieldsFor } from '../../../src/main/export/csv.ts';
import { Notes } from '../../../src/main/export/notes.ts';
import { type CsvOptions, EXPORT_COLUMNS } from '../../../src/shared/export.ts';
import { row } from './row.ts';

const line = (change: Parameters<typeof row>[1], options: CsvOptions) => {
  const notes = new Notes();
  const text = csvEntry({ path: '/m/a.mp3', row: row('/m/a.mp3', change) }, options, 'camelot', notes);
  return { text, notes: notes.all() };
};

/** RFC 4180, read by the letter. */
function parsed(text: string, delimiter = ','): string[][] {
  const rows: string[][] = [];
  let cells: string[] = [];
  let cell = '';
  let inside = false;
  for (let at = 0; at < text.length; at++) {
    const letter = text[at]!;
    if (inside) {
      if (letter !== '"') cell += letter;
      else if (text[at + 1] === '"') cell += text[at++]!;
      else inside = false;
    } else if (letter === '"' && cell === '') inside = true;
    else if (letter === delimiter) {
      cells.push(cell);
      cell = '';
    } else if (letter === '\r' && text[at + 1] === '\n') {
      rows.push([...cells, cell]);
      cells = [];
      cell = '';
      at++;
    } else cell += letter;
  }
  expect(inside).toBe(false);
  expect([cell, cells]).toEqual(['', []]);
  return rows;
}

const PYTHON = '/usr/bin/python3';
const hasPython = spawnSync(PYTHON, ['-c', 'import csv']).status === 0;

describe('CSV', () => {
  it('quotes what has to be, and leaves numbers numbers', () => {
    const columns = ['title', 'artist', 'bpm', 'year', 'seconds', 'key', 'camelot', 'keyConfidence'] as const;
    expect(csvHead({ columns })).toBe('title,artist,bpm,year,seconds,key,camelot,keyConfidence\r\n');
    expect(csvHead({ columns: ['path'], bom: true })).toBe('\ufeffpath\r\n');
    const { text } = line(
      {
        title: 'One, "two"\nthree',
        artist: 'AC/DC',
        bpm: 127.8,
        year: 1993,
        durationSeconds: 201.00049,
        key: 21,
        predictedKey: 0,
        predictedKeyConfidence: 0.123456,
      },
      { columns },
    );
    expect(text).toBe('"One, ""two""\nthree",AC/DC,127.8,1993,201,8A,8A,0.123\r\n');
    expect(line({ title: 'a;b', artist: 'c,d' }, { columns: ['title', 'artist'], delimiter: ';' }).text).toBe(
      '"a;b";c,d\r\n',
    );
  });

  it('keeps spreadsheets from running what a tag says', () => {
    const columns = ['title'] as const;
    for (const title of ['=1+1', '+cmd', '-2+3', '@SUM(A1)', '\t=1', '\r=1', '＝1', '\n=1']) {
      const { text, notes } = line({ title }, { columns });
      expect(parsed(text)).toEqual([[`'${title}`]]);
      expect(notes).toMatchObject([{ code: 'apostrophe', count: 1 }]);
      expect(parsed(line({ title }, { columns, neutralise: false }).text)).toEqual([[title]]);
    }
    for (const title of ['-6.5', '+3', '1=1', "'quoted"]) {
      const { text, notes } = line({ title }, { columns });
      expect(parsed(text)).toEqual([[title]]);
      expect(notes).toEqual([]);
    }
  });

  it('says which names are no text, and knows folders', () => {
    const notes = new Notes();
    const path = '/m/\uefe9.mp3';
    const text = csvEntry(
      { path, row: null },
      { columns: ['path', 'folder', 'file', 'state', 'title'] },
      'camelot',
      notes,
    );
    expect(text).toBe('/m/\ufffd.mp3,/m,\ufffd.mp3,missing,\r\n');
    expect(notes.all()).toMatchObject([{ code: 'not-text', examples: ['/m/\ufffd.mp3'] }]);
    expect(fieldsFor(['path', 'comment', 'trackNumber'])).toEqual(['comment', 'trackNumber']);
  });

  const cell = fc
    .string({ unit: 'binary', maxLength: 30 })
    .map((text) => text.toWellFormed().replaceAll('\0', ''));
  const table = fc.array(
    fc.record({
      title: cell,
      artist: cell,
      album: cell,
      bpm: fc.option(fc.double({ min: 1, max: 300, noNaN: true }), { nil: null }),
    }),
    { maxLength: 8 },
  );
  const columns = ['title', 'artist', 'album', 'bpm'] as const;
  const texts = (rows: readonly { title: string; artist: string; album: string; bpm: number | null }[]) =>
    rows.map(({ title, artist, album, bpm }) => [title, artist, album, bpm === null ? '' : String(bpm)]);

  it('reads back whatever it writes', () => {
    fc.assert(
      fc.property(table, fc.constantFrom(',', ';', '\t'), (rows, delimiter) => {
        const file = rows.map((one) => line(one, { columns, delimiter, neutralise: false }).text).join('');
        expect(parsed(file, delimiter)).toEqual(texts(rows));
      }),
      { numRuns: 300 },
    );
  });

  it.skipIf(!hasPython)('reads back as Python reads it', () => {
    const rows = fc.sample(table, { numRuns: 60, seed: 7 }).flat();
    const file = rows.map((one) => line(one, { columns, neutralise: false }).text).join('');
    const script =
      'import csv,io,json,sys\nt=sys.stdin.buffer.read().decode()\nprint(json.dumps(list(csv.reader(io.StringIO(t,newline="")))))';
    const { stdout, status } = spawnSync(PYTHON, ['-c', script], { input: file });
    expect(status).toBe(0);
    expect(JSON.parse(stdout.toString())).toEqual(texts(rows));
  });

  it('fills every column that it offers', () => {
    const full = row('/m/a.mp3', {
      title: 't',
      artist: 'a',
      album: 'b',
      genre: 'g',
      key: 0,
      bpm: 1,
      year: 2,
      durationSeconds: 3,
      predictedKey: 1,
      predictedKeyConfidence: 0.4,
      predictedGenre: 'p',
      predictedGenreConfidence: 0.5,
      values: Object.fromEntries(
        ['albumArtist', 'trackNumber', 'discNumber', 'composer', 'comment', 'grouping', 'rating'].map(
          (name) => [name, [name]],
        ),
      ),
    });
    const [cells] = parsed(
      csvEntry({ path: full.path, row: full }, { columns: EXPORT_COLUMNS }, 'standard', new Notes()),
    );
    expect(cells).toHaveLength(EXPORT_COLUMNS.length);
    expect(cells).not.toContain('');
  });
});
