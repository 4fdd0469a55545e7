import type { LibrarySettings, View } from '../../../shared/contract/index.ts';
import { viewSchema } from '../../../shared/contract/view.ts';
import { ANALYSE } from '../../analysis/analyse.ts';
import type { Catalogue } from '../../catalogue/index.ts';
import type { Settings } from '../../library/settings.ts';
import { os } from '../procedures.ts';
import type { Service } from '../service.ts';

/** The setting that holds how the library is looked at. */
const VIEW = 'app.view';

/** One that does not fit any more, from another version, is none. */
function viewOf({ settings }: Pick<Catalogue, 'settings'>): View {
  const { success, data } = viewSchema.safeParse(settings.get(VIEW) ?? {});
  return success ? data : {};
}

/** Answers for the library as a whole. */
export const statusRoute = ({ library: { catalogue, reader } }: Service) =>
  os.status.handler(async () => {
    const { files, tracks, queue } = await reader.overview(ANALYSE);
    const { present, missing, offline, withProblem } = files;
    return {
      file: catalogue.file,
      roots: catalogue.roots.list().map(({ path, offline: away, scannedAt }) => ({
        path,
        offline: away,
        scannedAt,
      })),
      files: { present, missing, offline, withProblem },
      tracks,
      queue,
    };
  });

/** Those that the contract knows. */
function settingsShown(settings: Settings): LibrarySettings {
  const { keyNotation, multiValue, onlyEmpty, keepModifiedTime } = settings;
  return { keyNotation, multiValue, onlyEmpty, keepModifiedTime };
}

/** Answers for the library's settings. */
export function settingsRoutes({ library: { settings } }: Service) {
  return os.settings.router({
    get: os.settings.get.handler(() => settingsShown(settings)),
    set: os.settings.set.handler(({ input }) => {
      Object.assign(settings, input);
      return settingsShown(settings);
    }),
  });
}

/** Answers for how the library is looked at. */
export function viewRoutes({ library: { catalogue } }: Service) {
  return os.view.router({
    get: os.view.get.handler(() => viewOf(catalogue)),
    set: os.view.set.handler(({ input }) => {
      const given = Object.entries(input).filter(([, part]) => part !== undefined);
      catalogue.settings.set(VIEW, { ...viewOf(catalogue), ...Object.fromEntries(given) });
      return viewOf(catalogue);
    }),
  });
}
