import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  displayGenre,
  GTZAN_GENRES,
  genreKey,
  ID3V1_GENRES,
  parseGenres,
  sameGenre,
} from '../../../src/shared/music/genre.ts';

describe('genreKey', () => {
  it.each([
    ['Hip-Hop', 'hip hop', 'HIPHOP', 'Hip‐Hop'],
    ['Drum & Bass', 'drum and bass', "Drum'n'Bass", 'Drum n Bass', 'DnB', 'D&B'],
    ['R&B', 'RnB', "R'n'B", 'R and B', 'r & b', 'Rhythm & Blues'],
    ['Rock & Roll', "Rock 'n' Roll", 'rock n roll', 'Rock and Roll'],
    ['Musique Concrète', 'musique concrete'],
    ['Alt. Rock', 'AlternRock', 'Alternative Rock'],
    ['Синти-поп', 'синтипоп'],
  ])('joins %j and its spellings', (first, ...rest) => {
    for (const other of rest) expect(genreKey(other), other).toBe(genreKey(first));
  });

  it('keeps different genres apart', () => {
    expect(new Set(ID3V1_GENRES.map(genreKey)).size).toBe(ID3V1_GENRES.length);
    expect(sameGenre('Rock', 'Rock & Roll')).toBe(false);
    expect(sameGenre('Bandcamp', 'B&camp')).toBe(false);
    expect(sameGenre('电子', '民谣')).toBe(false);
  });

  it('does not depend on case, and is blank only for blanks', () => {
    fc.assert(
      fc.property(fc.string(), (label) => {
        expect(genreKey(label) === '').toBe(label.trim() === '');
      }),
    );
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(..."abNdr &+'-n") }), (label) => {
        expect(genreKey(label.toUpperCase())).toBe(genreKey(label.toLowerCase()));
      }),
    );
  });
});

describe('displayGenre', () => {
  it("spells GTZAN's labels as people do", () => {
    expect(GTZAN_GENRES.map(displayGenre)).toEqual(
      'Blues,Classical,Country,Disco,Hip-Hop,Jazz,Metal,Pop,Reggae,Rock'.split(','),
    );
  });

  it('leaves what it does not know, and changes nothing twice', () => {
    expect(displayGenre(' My Own Genre ')).toBe('My Own Genre');
    expect(displayGenre('drum n bass')).toBe('Drum & Bass');
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.constantFrom(...ID3V1_GENRES)), (label) => {
        expect(displayGenre(displayGenre(label))).toBe(displayGenre(label));
      }),
    );
  });
});

describe('ID3v1 table', () => {
  it('has 192 entries at the places that everybody knows', () => {
    expect(ID3V1_GENRES).toHaveLength(192);
    for (const [index, name] of Object.entries({
      0: 'Blues',
      7: 'Hip-Hop',
      17: 'Rock',
      32: 'Classical',
      79: 'Hard Rock',
      80: 'Folk',
      125: 'Dance Hall',
      127: 'Drum & Bass',
      147: 'Synthpop',
      189: 'Dubstep',
      191: 'Psybient',
    })) {
      expect(ID3V1_GENRES[Number(index)]).toBe(name);
    }
  });

  it('is reachable by number, with and without parentheses', () => {
    ID3V1_GENRES.forEach((name, index) => {
      expect(parseGenres(`(${index})`)).toEqual([name]);
      expect(parseGenres(String(index))).toEqual([name]);
      expect(parseGenres(`(${index})${name}`)).toEqual([name]);
    });
  });
});

describe('parseGenres', () => {
  it.each<[string, string[]]>([
    ['Rock', ['Rock']],
    ['(4)Eurodisco', ['Disco', 'Eurodisco']],
    ['(51)(39)', ['Techno-Industrial', 'Noise']],
    ['(RX)(CR)', ['Remix', 'Cover']],
    ['RX', ['Remix']],
    ['CR', ['Cover']],
    ['((I can figure out any genre)', ['(I can figure out any genre)']],
    ['(255)', []],
    ['(200)', ['200']],
    ['1984', ['1984']],
    ['Rock\0Pop', ['Rock', 'Pop']],
    ['17\0Eurodisco', ['Rock', 'Eurodisco']],
    ['Rock; Pop;Jazz', ['Rock', 'Pop', 'Jazz']],
    ['Rock, Pop', ['Rock', 'Pop']],
    ['Rock,Pop', ['Rock', 'Pop']],
    ['Rock,Pap', ['Rock,Pap']],
    ['Rock/Pop', ['Rock', 'Pop']],
    ['Rock / My Own', ['Rock', 'My Own']],
    ['Rock/My Own', ['Rock/My Own']],
    ['R&B/Soul', ['R&B/Soul']],
    ['RnB/Soul', ['RnB/Soul']],
    ['Hip-Hop/Rap', ['Hip-Hop/Rap']],
    ['Rock, R&B/Soul', ['Rock', 'R&B/Soul']],
    ['Drum & Bass', ['Drum & Bass']],
    ['Jazz+Funk', ['Jazz+Funk']],
    ['Folk, World, & Country', ['Folk, World, & Country']],
    ['Blues, Folk and Country', ['Blues', 'Folk and Country']],
    ['Techno (Peak Time / Driving)', ['Techno (Peak Time / Driving)']],
    ['Minimal / Deep Tech', ['Minimal / Deep Tech']],
    ['Pop/Funk', ['Pop/Funk']],
    ['hip hop; Hip-Hop; HIPHOP', ['hip hop']],
    [' ; ,; ', []],
    ['', []],
  ])('%j names %j', (value, genres) => {
    expect(parseGenres(value)).toEqual(genres);
  });

  it('takes several values as one list', () => {
    expect(parseGenres(['Rock', 'Pop; rock', '(8)'])).toEqual(['Rock', 'Pop', 'Jazz']);
  });

  it('finds again what it found, joined with "; " as we write it', () => {
    const label = fc.oneof(
      fc.constantFrom(...ID3V1_GENRES),
      fc.stringMatching(/^[A-Za-z][A-Za-z &+-]{2,12}$/),
    );
    fc.assert(
      fc.property(fc.array(label, { maxLength: 6 }), (labels) => {
        const genres = parseGenres(labels);
        expect(parseGenres(genres.join('; '))).toEqual(genres);
        expect(parseGenres(genres.join('\0'))).toEqual(genres);
      }),
    );
  });

  it('survives any text, quickly', () => {
    const soup = fc.string({ unit: fc.constantFrom(...'Rock/,;&()17 \0\\|RX'.split('')), maxLength: 60 });
    fc.assert(
      fc.property(fc.oneof(soup, fc.string()), (text) => {
        for (const genre of parseGenres(text)) expect(genre.trim()).not.toBe('');
      }),
      { numRuns: 1000 },
    );
    const start = performance.now();
    parseGenres('(1'.repeat(20_000) + ','.repeat(20_000) + 'a/'.repeat(20_000));
    parseGenres('(17)'.repeat(20_000));
    expect(performance.now() - start).toBeLessThan(10_000);
  });
});
