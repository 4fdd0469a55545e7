/** The language of the search, by examples: what is typed, and what it finds. */
export const querying = {
  title: 'In the search field',
  examples: [
    ['deep hou', 'Tracks with both words, or their beginnings, anywhere'],
    ['"deep house"', 'These words as they stand'],
    ['-live', 'Without this word; - turns any condition round'],
    ['key:8A~', 'In this key, or one that mixes with it'],
    ['genre:techno,house', 'One of several'],
    ['genre:techno OR bpm:>140', 'One condition or the other; OR in capitals'],
    ['live (genre:dub OR year:<1980)', 'Parentheses say what belongs together'],
    ['bpm:120-128  length:<6:00', 'Numbers: >, <, >=, <=, from-to'],
    ['missing:key  has:year', 'A tag that is not there, or is'],
    ['conf:<.6  is:unsure', 'How sure the predictions are'],
  ] as readonly (readonly [typed: string, finds: string])[],
};
