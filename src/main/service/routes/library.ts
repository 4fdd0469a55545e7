import type { LibrarySettings, View } from '../../../shared/contract/index.ts';
import { viewSchema } from '../../../shared/contract/view.ts';
import { ANALYSE } from '../../analysis/analyse.ts';
import type { Catalogue } from '../../catalogue/index.ts';
import type { Settings } from '../../library/settings.ts';
import { os } from '../procedures.ts';
import type { Service } from '../service.ts';

/** The setting that holds how the library is looked at. */
const VIEW = 'app.view';

/** As it is kept: with what another version keeps there, or has written otherwise. */
function keptView({ settings }: Pick<Catalogue, 'settings'>): Readonly<Record<string, unknown>> {
  const kept = settings.get(VIEW);
  return typeof kept === 'object' && kept !== null ? { ...kept } : {};
}

/** The parts that are known here; one that does not fit any more costs only itself. */
function viewOf(catalogue: Pick<Catalogue, 'settings'>): View {
  const kept = keptView(catalogue);
  const parts = Object.entries(viewSchema.shape).flatMap(([name, schema]) => {
    const { data } = schema.safeParse(kept[name]);
    return data === undefined ? [] : [[name, data] as const];
  });
  return viewSchema.parse(Object.fromEntries(parts));
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
      catalogue.settings.set(VIEW, { ...keptView(catalogue), ...Object.fromEntries(given) });
      return viewOf(catalogue);
    }),
  });
}
