import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DatasetError } from '../../../../src/main/lab/datasets/dataset.ts';
import { parseCsv } from '../../../../src/main/lab/datasets/delimited.ts';
import { type DatasetSource, readDataset } from '../../../../src/main/lab/datasets/source.ts';
import { KEY_LABELS } from '../../../../src/shared/music/key.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cratewise-data-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const put = (name: string, content = ''): string => {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  return path;
};
const read = (source: DatasetSource) => readDataset(source, []);

describe('GTZAN by folder', () => {
  it('takes the clips that the split names, wherever they lie', async () => {
    for (const name of ['blues/blues.00001.wav', 'rock.00002.flac', 'rock.00003.au', 'notes.wav']) put(name);
    const split = put(
      'split.tsv',
      'clip\tsplit\tgenre\nblues.00001\ttrain\tblues\nrock.00002\ttest\trock\njazz.00000\tvalid\tjazz\n',
    );
    const { rows, labels, leftOut } = await read({ kind: 'gtzan', folder, split });
    expect(rows.map(({ id, label, split: part }) => [id, label, part])).toEqual([
      ['blues.00001', 'blues', 'train'],
      ['rock.00002', 'rock', 'test'],
    ]);
    expect(labels).toEqual(['blues', 'rock']);
    expect(leftOut[0]!.what).toBe('1 clips of the split');
  });

  it('keeps neighbours together without a split', async () => {
    for (let at = 0; at < 50; at += 10) put(`rock.000${String(at).padStart(2, '0')}.wav`);
    put('rock.00049.wav');
    const { rows } = await read({ kind: 'gtzan', folder });
    expect(rows.filter(({ group }) => group === 'rock.0004')).toHaveLength(2);
  });

  it('says what is wrong', async () => {
    await expect(read({ kind: 'gtzan', folder: join(folder, 'none') })).rejects.toThrow(/can't be listed/);
    put('a.mp3');
    await expect(read({ kind: 'gtzan', folder })).rejects.toThrow(/no clip of GTZAN/);
    put('rock.00002.wav');
    const split = put('split.tsv', 'clip\tsplit\nrock.00002\tmaybe\n');
    await expect(read({ kind: 'gtzan', folder, split })).rejects.toThrow(/"maybe" is not/);
  });
});

describe('GiantSteps by folder', () => {
  it('makes four clips of a song, in the spelling of the protocol', async () => {
    put('audio/10089.LOFI.mp3');
    put('audio/0123.mp3');
    const split = put('split.tsv', 'track\tsplit\tkey\n0010089\ttest\tC# minor\n77\ttrain\tA major\n');
    const { rows, labels, task, leftOut } = await read({ kind: 'giantsteps', folder, split });
    expect(rows.map(({ id, clip, label, song }) => [id, clip, label, song])).toEqual(
      [0, 1, 2, 3].map((clip) => [`10089-${clip}`, clip, 'Db minor', '10089']),
    );
    expect([task, labels]).toEqual(['key', KEY_LABELS]);
    expect(leftOut[0]!.what).toBe('1 tracks of the split');
  });
});

describe('labelled folders', () => {
  it('labels by the first folder, and leaves out what is rare', async () => {
    for (const name of ['a/1.mp3', 'a/album/2.mp3', 'b/3.mp3', 'b/4.mp3', 'c/5.mp3', 'loose.mp3']) put(name);
    const { rows, labels, leftOut } = await read({ kind: 'folders', folder, task: 'genre', minimum: 2 });
    expect(labels).toEqual(['a', 'b']);
    expect(rows.map(({ id, label, group }) => [id, label, group])).toContainEqual([
      'a/album/2.mp3',
      'a',
      'a/album',
    ]);
    expect(leftOut.map(({ what }) => what)).toEqual([join(folder, 'loose.mp3'), 'c']);
  });

  it('reads keys in any notation', async () => {
    for (const name of ['8A/1.mp3', 'Am/2.mp3', 'no key/3.mp3']) put(name);
    const { rows, leftOut } = await read({ kind: 'folders', folder, task: 'key', minimum: 1 });
    expect(rows.map(({ label }) => label)).toEqual(['A minor', 'A minor']);
    expect(leftOut).toHaveLength(1);
  });
});

describe('a list', () => {
  it('is read with quotes, relative paths and a split', async () => {
    const file = put(
      'list.csv',
      'label,path,split\r\n"Drum, & Bass","x ""1"".mp3",train\r\nrock,/abs/y.mp3,TEST\r\n',
    );
    const { rows } = await read({ kind: 'csv', file, task: 'genre', minimum: 1 });
    expect(rows.map(({ path, label, split }) => [path, label, split])).toEqual([
      [join(folder, 'x "1".mp3'), 'Drum, & Bass', 'train'],
      ['/abs/y.mp3', 'rock', 'test'],
    ]);
  });

  it.each([
    ['no label column', 'path,genre\na,b\n', /no column label/],
    ['a split for some', 'path,label,split\na,x,train\nb,y,\n', /of some files and not of others/],
    ['a quote without end', 'path,label\n"a,b\n', /never closed/],
    ['one label only', 'path,label\na,x\nb,x\n', /Fewer than two labels/],
    ['bytes that are no text', Buffer.from([0xff, 0xfe, 0x00]).toString('latin1'), /no column/],
  ])('is refused with %s', async (_, content, message) => {
    const file = put('list.csv', content);
    const reading = read({ kind: 'csv', file, task: 'genre', minimum: 1 });
    await expect(reading).rejects.toThrow(DatasetError);
    await expect(reading).rejects.toThrow(message);
  });

  it('parses any cells that are quoted as they should be', () => {
    const cells = fc.array(fc.array(fc.string(), { minLength: 1, maxLength: 4 }), {
      minLength: 1,
      maxLength: 4,
    });
    fc.assert(
      fc.property(cells, (rows) => {
        const text = rows
          .map((row) => row.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(','))
          .join('\r\n');
        expect(parseCsv(`${text}\r\n`)).toEqual(rows);
      }),
    );
  });
});

describe('the library', () => {
  const file = (path: string, genre: string[], key: string[] = [], group = '') => ({
    path,
    genre,
    key,
    group,
  });

  it('merges spellings of one genre and takes the first of several', async () => {
    const files = [
      file('/1', ['Hip-Hop']),
      file('/2', ['hip hop; Rock'], [], 'Artist'),
      file('/3', ['HIPHOP']),
      file('/4', ['Musique concrète']),
      file('/5', ['musique concrete']),
      file('/6', []),
    ];
    const source = { kind: 'library', name: 'mine', task: 'genre', minimum: 2 } as const;
    const { rows, labels } = await readDataset(source, files);
    expect(labels).toEqual(['Hip-Hop', 'Musique concrète']);
    expect(rows.map(({ label }) => label)).toEqual([
      ...new Array(3).fill(labels[0]),
      ...new Array(2).fill(labels[1]),
    ]);
    expect(rows[1]!.group).toBe('Artist');
  });

  it('gives keys, and refuses a library without any', async () => {
    const source = { kind: 'library', name: 'mine', task: 'key', minimum: 1 } as const;
    const { rows } = await readDataset(source, [file('/1', [], ['8A']), file('/2', [], ['?'])]);
    expect(rows.map(({ label }) => label)).toEqual(['A minor']);
    await expect(readDataset(source, [file('/2', [], [])])).rejects.toThrow(/no file with a key/);
  });
});
