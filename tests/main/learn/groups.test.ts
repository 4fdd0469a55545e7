import { describe, expect, it } from 'vitest';
import { matrix } from '../../../src/main/lab/matrix.ts';
import { randomFrom } from '../../../src/main/lab/random.ts';
import { findCopies } from '../../../src/main/learn/copies.ts';
import { type GroupedTrack, groupTracks } from '../../../src/main/learn/groups.ts';

const track = (label: number, artist: string | null, album: string | null, at: string): GroupedTrack => ({
  label,
  path: `/music/${at}.mp3`,
  title: at,
  artist,
  album,
});
const same = ({ groupOf }: { groupOf: readonly string[] }, a: number, b: number) => groupOf[a] === groupOf[b];

describe('groups for cross-validation', () => {
  it('keep artists and albums together', () => {
    const groups = groupTracks(
      [
        track(0, 'Ann', 'One', 'a/1'),
        track(0, 'ANN', 'Two', 'b/2'),
        track(0, 'Bob', 'One', 'a/3'),
        track(0, 'Cid', 'Six', 'c/4'),
        track(0, 'Dan', null, 'd/5'),
        track(0, 'Various Artists', 'Six', 'e/6'),
        track(0, 'Various Artists', 'Ten', 'f/7'),
      ],
      1,
    );
    expect(groups.levels).toEqual(['artist']);
    // By artist, then by the album in one folder.
    expect(same(groups, 0, 1) && same(groups, 0, 2)).toBe(true);
    expect(same(groups, 0, 3)).toBe(false);
    expect(same(groups, 3, 5)).toBe(false);
    expect(same(groups, 5, 6)).toBe(false);
  });

  it('are looser for a label of one artist, and say so', () => {
    const groups = groupTracks(
      [
        ...[1, 2, 3, 4].map((n) => track(0, `Artist ${n}`, null, `a/${n}`)),
        ...[1, 2, 3, 4].map((n) => track(1, 'Miles', `Record ${n}`, `m${n}/x`)),
        ...[1, 2, 3, 4].map((n) => track(2, 'Mono', 'Only', `o/${n}`)),
      ],
      3,
    );
    expect(groups.levels).toEqual(['artist', 'album', 'song']);
    expect(same(groups, 4, 5)).toBe(false);
    expect(same(groups, 8, 9)).toBe(false);
    expect(groups.count).toBe(12);
  });

  it('take the folder of untagged files for their album, if it holds one label only', () => {
    const groups = groupTracks(
      [
        ...['a', 'b', 'c'].flatMap((folder) => [
          track(0, null, null, `${folder}/1`),
          track(0, null, null, `${folder}/2`),
        ]),
        track(0, null, null, 'mixed/1'),
        track(1, null, null, 'mixed/2'),
        track(0, null, null, 'mixed/3'),
      ],
      2,
    );
    expect(same(groups, 0, 1)).toBe(true);
    expect(same(groups, 0, 2)).toBe(false);
    expect(same(groups, 6, 8)).toBe(false);
  });

  it('join copies of one recording', () => {
    const tracks = ['A', 'B', 'C', 'D'].map((artist) => track(0, artist, null, artist));
    expect(same(groupTracks(tracks, 1, [[0, 3]]), 0, 3)).toBe(true);
  });
});

it('finds recordings that differ by their encoding only', () => {
  const random = randomFrom(3);
  const rows = Array.from({ length: 30 }, () => Array.from({ length: 20 }, () => random() * 10));
  rows[17] = rows[4]!.map((value) => value + 0.1 * random());
  expect(findCopies(matrix(30, 20, rows.flat()))).toEqual([[4, 17]]);
});
