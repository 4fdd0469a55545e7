import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cleanLabels } from '../../../src/main/learn/labels.ts';

const tracks = (...genres: readonly (readonly string[])[]) =>
  genres.map((each, at) => ({ trackId: at + 1, genres: each }));
const times = (count: number, ...genres: string[]) => Array.from({ length: count }, () => genres);

describe('labels from genre tags', () => {
  it('are one for all spellings of a genre, shown as it is spelt most', () => {
    const { labels } = cleanLabels(
      tracks(...times(3, 'hip hop'), ...times(2, 'Hip-Hop'), ['HipHop'], ...times(2, 'Drum & Bass'), ['dnb']),
      2,
    );
    expect(labels).toEqual([
      { label: 'hip hop', count: 6, spellings: ['hip hop', 'Hip-Hop', 'HipHop'] },
      { label: 'Drum & Bass', count: 3, spellings: ['Drum & Bass', 'dnb'] },
    ]);
  });

  it('leave out what is no genre and what has too few tracks, and list them', () => {
    const { labels, leftOut } = cleanLabels(
      tracks(...times(5, 'Rock'), ...times(4, 'Unknown'), ['Polka'], ['17'], ['x'.repeat(500)]),
      2,
    );
    expect(labels.map(({ label }) => label)).toEqual(['Rock']);
    expect(leftOut.map(({ label, count, why }) => [label.slice(0, 7), count, why])).toEqual([
      ['Unknown', 4, 'no-genre'],
      ['17', 1, 'no-genre'],
      ['Polka', 1, 'too-few'],
      ['xxxxxxx', 1, 'no-genre'],
    ]);
  });

  it('take the first genre of a track that is kept, and know the others as right', () => {
    const { labels, tracks: learnt } = cleanLabels(
      tracks(...times(4, 'Rock'), ['Obscure', 'Jazz', 'Rock'], ...times(3, 'Jazz')),
      3,
    );
    const place = (name: string) => labels.findIndex(({ label }) => label === name);
    expect(learnt[4]).toEqual({ trackId: 5, label: place('Jazz'), right: [place('Jazz'), place('Rock')] });
  });

  it('count as the user wants them to', () => {
    const { labels, leftOut } = cleanLabels(
      tracks(...times(3, 'Death Metal'), ...times(2, 'metal'), ...times(2, 'Skit')),
      2,
      {
        deathmetal: 'METAL!',
        metal: 'METAL!',
        skit: null,
      },
    );
    expect(labels).toMatchObject([{ label: 'METAL!', count: 5 }]);
    expect(leftOut).toEqual([{ label: 'Skit', count: 2, why: 'mapped-away' }]);
  });

  it('a mapping can’t be fooled by names of objects’ own members', () => {
    const { labels } = cleanLabels(tracks(...times(2, 'constructor'), ...times(2, 'toString')), 2);
    expect(labels).toHaveLength(2);
  });

  it('always have the minimum, whatever the tags say', () => {
    const name = fc.constantFrom('Rock', 'rock', 'Jazz', 'Pop', 'Soul', 'Unknown', 'Ska');
    fc.assert(
      fc.property(
        fc.array(fc.array(name, { maxLength: 4 }), { maxLength: 40 }),
        fc.integer({ min: 1, max: 6 }),
        (all, minimum) => {
          const { labels, tracks: learnt } = cleanLabels(tracks(...all), minimum);
          labels.forEach(({ count }, at) => {
            expect(count).toBeGreaterThanOrEqual(minimum);
            expect(learnt.filter(({ label }) => label === at)).toHaveLength(count);
          });
          for (const { label, right } of learnt) expect(right[0]).toBe(label);
        },
      ),
    );
  });
});
