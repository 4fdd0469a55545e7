import { problemReport } from '../log/report.ts';
import type { Dialogs } from './dialogs.ts';
import type { OpenedLibrary } from './libraries.ts';
import type { ShellParts } from './shell.ts';

/** Saves a report to attach to a bug report where the user says, and shows it there. */
export async function saveReport(
  { electron, libraries, log, process, settings }: ShellParts,
  dialogs: Pick<Dialogs, 'saveReport'>,
): Promise<void> {
  const { electron: electronVersion, chrome, node } = process.versions;
  const { window: _window, recent, ...told } = settings.state;
  const text = problemReport({
    version: electron.app.getVersion(),
    runtimes: { Electron: electronVersion, Chromium: chrome, Node: node },
    library: libraries.current && describeLibrary(libraries.current),
    settings: { ...told, libraries: recent.length },
    logs: log.files,
  });
  const saved = await dialogs.saveReport(text);
  if (saved !== undefined) electron.shell.showItemInFolder(saved);
}

/** A library in numbers. */
function describeLibrary({ library, work }: OpenedLibrary): object {
  const { catalogue } = library;
  return {
    bytes: catalogue.size(),
    folders: catalogue.roots.list().length,
    files: catalogue.files.counts(),
    tracks: catalogue.tracks.count(),
    edits: catalogue.edits.counts(),
    work: work.state,
  };
}
