import { basename } from 'node:path';
import { formatKey } from '../../../shared/music/key.ts';
import { orderForMixing } from '../../../shared/music/mixing.ts';
import type { SearchRow } from '../../catalogue/index.ts';
import { nodeHost } from '../../host/node-host.ts';
import { mixTrack } from '../../similar/mix-track.ts';
import { findSimilar } from '../../similar/similar.ts';
import { keyNotation, pathArguments } from '../arguments.ts';
import type { Command, LibraryReader } from '../command.ts';
import { pathRecord } from '../output.ts';
import { fitWidth, safeText } from '../text.ts';
import { UsageError } from '../usage-error.ts';

function rowOfTrack({ catalogue }: LibraryReader, trackId: number): SearchRow | undefined {
  const file = catalogue.files.ofTrack(trackId).find(({ state }) => state === 'present');
  return file && catalogue.rows([file.id])[0];
}

export const similar: Command = {
  name: 'similar',
  synopsis: '<file>',
  summary: 'Tracks of the library that sound like a file',
  details:
    'Every vector of the library is compared, by the most telling representation that it has. A file that is not in\n' +
    'the library is listened to for the question. Files with the same audio are left out.',
  options: {
    representation: { type: 'string', value: '<id>', help: 'compare by this one' },
    limit: { type: 'string', value: '<n>', help: 'tracks to show (default: 20)' },
    mix: { type: 'boolean', help: 'in the order in which they mix: by key, tempo and sound' },
  },
  async run(context) {
    const { args, out, signal } = context;
    const [path, ...others] = pathArguments(args, 'file');
    if (path === undefined || others.length > 0) throw new UsageError('Name one file.');
    const limit = args.integer('limit', 1, 10_000) ?? 20;
    const representation = args.text('representation');
    const reader = context.reader();
    const { catalogue } = reader;
    const notation = keyNotation(args, reader.settings);
    const mix = args.flag('mix');
    const found = await findSimilar(catalogue, nodeHost, {
      path,
      // What mixes best need not be what sounds most alike.
      limit: mix ? Math.max(10 * limit, 200) : limit,
      ...(representation ? { representation } : {}),
      signal,
    });
    const rows = found.tracks.flatMap(({ trackId, similarity }) => {
      const row = rowOfTrack(reader, trackId);
      return row ? [{ row, similarity, ...mixTrack(row) }] : [];
    });
    const playing = catalogue.files.byPath(path);
    const [playingRow] = playing ? catalogue.rows([playing.id]) : [];
    const ordered = mix
      ? orderForMixing(
          playingRow ? mixTrack(playingRow) : { key: null, bpm: null },
          rows,
          reader.settings.keyRule,
        )
      : rows.map((each) => ({ ...each, mix: undefined }));
    for (const { row, similarity, key, bpm, mix: score } of ordered.slice(0, limit)) {
      const shown = key && formatKey(key, notation);
      out.record({
        type: 'similar',
        ...pathRecord(row.path),
        similarity,
        key: shown,
        bpm,
        genre: row.genre ?? row.predictedGenre,
        ...(score ? { mix: score } : {}),
      });
      out.line(
        `${similarity.toFixed(3)}  ${fitWidth(shown ?? '–', 4)} ${fitWidth(bpm ? String(Math.round(bpm)) : '', 4)} ${safeText(basename(row.path))}`,
      );
    }
    out.record({
      type: 'summary',
      command: 'similar',
      representation: found.representation,
      compared: found.compared,
    });
    out.line(`By ${safeText(found.representation)}, of ${found.compared.toLocaleString('en')} tracks.`);
  },
};
