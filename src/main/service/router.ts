import type { Library } from '../library/library.ts';
import { os } from './procedures.ts';
import { editsRoutes, reviewRoutes } from './routes/edits.ts';
import { exportRoutes } from './routes/export.ts';
import { foldersRoutes } from './routes/folders.ts';
import { learnRoutes } from './routes/learn.ts';
import { settingsRoutes, statusRoute, viewRoutes } from './routes/library.ts';
import { mapRoutes } from './routes/map.ts';
import { mediaRoutes } from './routes/media.ts';
import { modelsRoutes } from './routes/models.ts';
import { playlistRoutes } from './routes/playlist.ts';
import { similarRoutes } from './routes/similar.ts';
import { selectionRoutes, tracksRoutes } from './routes/tracks.ts';
import { workRoutes } from './routes/work.ts';
import { writeRoutes } from './routes/write.ts';
import { openService } from './service.ts';
import type { Work } from './work.ts';

/**
 * Answers the contract for one library: an area of it is a file in `routes/`, and a line here.
 * @param work what runs; shared by all clients of the library
 */
export function libraryRouter(library: Library, work: Work) {
  const service = openService(library, work);
  return os.router({
    status: statusRoute(service),
    tracks: tracksRoutes(service),
    selection: selectionRoutes(service),
    edits: editsRoutes(service),
    review: reviewRoutes(service),
    write: writeRoutes(service),
    learn: learnRoutes(service),
    similar: similarRoutes(service),
    playlist: playlistRoutes(service),
    export: exportRoutes(service),
    folders: foldersRoutes(),
    map: mapRoutes(service),
    media: mediaRoutes(service),
    models: modelsRoutes(service),
    settings: settingsRoutes(service),
    view: viewRoutes(service),
    work: workRoutes(service),
  });
}

export type LibraryRouter = ReturnType<typeof libraryRouter>;
