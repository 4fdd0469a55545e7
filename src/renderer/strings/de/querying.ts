type English = typeof import('../en/querying.ts').querying;

export const querying: English = {
  title: 'Im Suchfeld',
  examples: [
    ['deep hou', 'Tracks mit beiden Wörtern oder ihren Anfängen, wo auch immer'],
    ['"deep house"', 'Diese Wörter, genau so'],
    ['-live', 'Ohne dieses Wort; - kehrt jede Bedingung um'],
    ['key:8A~', 'In dieser Tonart oder einer, die dazu passt'],
    ['genre:techno,house', 'Eines von mehreren'],
    ['genre:techno OR bpm:>140', 'Die eine Bedingung oder die andere; OR groß geschrieben'],
    ['live (genre:dub OR year:<1980)', 'Klammern sagen, was zusammengehört'],
    ['bpm:120-128  length:<6:00', 'Zahlen: >, <, >=, <=, von-bis'],
    ['missing:key  has:year', 'Ein Tag, das fehlt, oder vorhanden ist'],
    ['conf:<.6  is:unsure', 'Wie sicher die Vorhersagen sind'],
  ],
};
