import type { Command } from '../command.ts';
import { analyze } from './analyze.ts';
import { autotag } from './autotag.ts';
import { embed } from './embed.ts';
import { exportCommand } from './export.ts';
import { lab } from './lab.ts';
import { learn } from './learn.ts';
import { models } from './models.ts';
import { playlist } from './playlist.ts';
import { scan } from './scan.ts';
import { search } from './search.ts';
import { serve } from './serve.ts';
import { settings } from './settings.ts';
import { show } from './show.ts';
import { similar } from './similar.ts';
import { status } from './status.ts';
import { tag } from './tag.ts';
import { undo } from './undo.ts';
import { write } from './write.ts';

/** Every command, in the order of the help. */
export const commands: readonly Command[] = [
  autotag,
  scan,
  analyze,
  search,
  show,
  write,
  tag,
  undo,
  similar,
  playlist,
  exportCommand,
  learn,
  embed,
  lab,
  models,
  serve,
  status,
  settings,
];
