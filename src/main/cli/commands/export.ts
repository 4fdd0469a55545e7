import { searchSource } from '../../export/sources.ts';
import { playlistSource } from '../../library/playlists.ts';
import { pathArguments } from '../arguments.ts';
import type { Command } from '../command.ts';
import { EXPORT_OPTIONS, exportFormat, exportTracks } from '../export-file.ts';
import { playlistNamed } from '../playlist-name.ts';
import { UsageError } from '../usage-error.ts';
import { SORTS, search, searchQuery } from './search.ts';

const { limit: _, ...searchOptions } = search.options;

export const exportCommand: Command = {
  name: 'export',
  synopsis: '[<folder…>]',
  summary: 'Write what a search finds, or a playlist, as M3U8 or CSV',
  details:
    'Takes the conditions of “search”; without any, the whole library. A file that is there is not replaced unless\n' +
    '--overwrite asks for it. Rows are streamed: memory does not grow with them.',
  options: {
    ...EXPORT_OPTIONS,
    playlist: { type: 'string', value: '<name>', help: 'this playlist rather than a search' },
    ...searchOptions,
  },
  async run(context) {
    const { args } = context;
    const library = context.reader();
    const { catalogue } = library;
    const name = args.text('playlist');
    if (name !== undefined) {
      const other = Object.keys(searchOptions).find(
        (option) => args.text(option) !== undefined || args.flag(option) || args.texts(option).length > 0,
      );
      if (other !== undefined || args.positionals.length > 0)
        throw new UsageError('A playlist is exported as it is: leave the conditions out.');
      const playlist = playlistNamed(catalogue, name);
      const format = exportFormat(args, library, playlist.name);
      return exportTracks(context, playlistSource(catalogue, playlist.id), format);
    }
    const query = searchQuery(args, pathArguments(args), library.settings);
    const sort = args.choice('sort', SORTS);
    const order = { ...(sort ? { sort } : {}), ...(args.flag('descending') ? { descending: true } : {}) };
    await exportTracks(context, searchSource(catalogue, query, order), exportFormat(args, library));
  },
};
