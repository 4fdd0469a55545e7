import { randomUUID } from 'node:crypto';
import type { ExportPiece, ExportRequest } from '../../shared/contract/export.ts';
import { CratewiseError } from '../../shared/errors.ts';
import { type EntrySource, type Export, type ExportFormat, exportOf } from '../export/export.ts';
import { fileSource, searchSource } from '../export/sources.ts';
import { playlistSource } from '../library/playlists.ts';
import { catalogueQuery, orderOf } from './routes/request.ts';
import type { Service } from './service.ts';
import { countFiles, fileIds } from './tracks-source.ts';

/** Letters of a piece, about. */
const PIECE = 256 * 1024;
/** Exports at a time; the oldest is given up for a new one. */
const OPEN = 8;

/** Files that pages are fetching. */
export class Exports {
  readonly #service: Pick<Service, 'library' | 'selections'>;
  readonly #open = new Map<string, Export>();

  constructor(service: Pick<Service, 'library' | 'selections'>) {
    this.#service = service;
  }

  /** @throws CratewiseError `no-playlist`, `selection-gone` */
  open({ from, format }: ExportRequest): { ticket: string; total: number } {
    const { library, selections } = this.#service;
    const { catalogue, settings } = library;
    let source: EntrySource;
    let total: number;
    let name: string | undefined;
    if ('playlist' in from) {
      const playlist = catalogue.playlists.get(from.playlist);
      if (!playlist) throw new CratewiseError('no-playlist', 'This playlist is not there any more.');
      source = playlistSource(catalogue, playlist.id);
      total = playlist.items;
      name = playlist.name;
    } else {
      const { tracks } = from;
      total = countFiles(catalogue, selections, tracks);
      source = tracks.selection
        ? fileSource(catalogue, () => fileIds(catalogue, selections, tracks))
        : searchSource(catalogue, catalogueQuery(tracks.query ?? {}), orderOf(tracks));
    }
    const whole: ExportFormat =
      format.format === 'csv' ? { ...format, notation: settings.keyNotation } : { ...format, name };
    const ticket = randomUUID();
    this.#open.set(ticket, exportOf(source, whole));
    for (const old of this.#open.keys()) {
      if (this.#open.size <= OPEN) break;
      this.close(old);
    }
    return { ticket, total };
  }

  /** @throws CratewiseError `export-gone` */
  async read(ticket: string): Promise<ExportPiece> {
    const found = this.#open.get(ticket);
    if (!found)
      throw new CratewiseError(
        'export-gone',
        'This export is over, or others took its place. Begin it again.',
      );
    let text = '';
    let done = false;
    while (text.length < PIECE && !done) {
      const piece = await found.text.next();
      done = piece.done === true;
      if (!piece.done) text += piece.value;
    }
    if (done) this.#open.delete(ticket);
    const notes = found.notes().map(({ examples, ...note }) => ({ ...note, examples: [...examples] }));
    return { text, done, written: found.written, notes };
  }

  close(ticket: string): void {
    void this.#open.get(ticket)?.text.return();
    this.#open.delete(ticket);
  }
}
