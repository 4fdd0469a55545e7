import * as app from './app.ts';
import { desktop } from './desktop.ts';
import * as details from './details.ts';
import * as editing from './editing.ts';
import * as finding from './finding.ts';
import { number, percentage } from './formats.ts';
import { help } from './help.ts';
import { learn } from './learn.ts';
import { listening } from './listening.ts';
import { map } from './map.ts';
import { mix } from './mix.ts';
import { models } from './models.ts';
import { player } from './player.ts';
import { playlists } from './playlists.ts';
import { querying } from './querying.ts';
import { review } from './review.ts';
import { settings } from './settings.ts';
import * as table from './table.ts';
import { work } from './work.ts';
import * as writing from './writing.ts';

/** Everything that the user interface says, in English. Another language says the same in this shape. */
export const en = {
  app: 'Cratewise',
  number: (value: number) => number.format(value),
  percent: (probability: number) =>
    probability > 0 && probability < 0.005 ? `<${percentage.format(0.01)}` : percentage.format(probability),
  ...app,
  ...details,
  desktop,
  ...editing,
  ...finding,
  help,
  learn,
  listening,
  models,
  map,
  mix,
  player,
  playlists,
  querying,
  review,
  settings,
  ...table,
  work,
  ...writing,
};

export type Strings = typeof en;
