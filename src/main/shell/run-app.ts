import { join } from 'node:path';
import { defaultLibraryFile } from '../data-folder.ts';
import { modelsFolder, rendererFolder } from '../host/places.ts';
import { FileLog } from '../log/log.ts';
import type { ElectronApi } from './api.ts';
import { AppSettings } from './app-settings.ts';
import { handedOver, isLibraryFile, type OpenRequest, openRequest, ownArguments } from './arguments.ts';
import { messageOf } from './dialogs.ts';
import { electronHost } from './electron-host.ts';
import { fallbackHost, plainNodeHost } from './fallback-host.ts';
import { Libraries } from './libraries.ts';
import { registerScheme } from './protocol.ts';
import { guardApp } from './session-guard.ts';
import { Shell } from './shell.ts';
import { guardContents } from './window.ts';

const APP_ID = 'org.cratewise.Cratewise';

export interface AppParts {
  readonly electron: ElectronApi;
  readonly process: Pick<NodeJS.EventEmitter, 'on'> &
    Pick<NodeJS.Process, 'versions' | 'argv' | 'cwd' | 'env'>;
  readonly platform: NodeJS.Platform;
  /** The built preload. */
  readonly preload: string;
  /** Default: the library that the command line uses too. */
  readonly library?: string;
  /** Default: the built renderer. */
  readonly renderer?: string;
}

/**
 * Starts the app. Called once, before Electron is ready, since what guards the app has to be there first.
 * @returns the app once it runs; undefined where another instance has taken over, or it could not start
 */
export async function runApp(parts: AppParts): Promise<Shell | undefined> {
  const { electron, process, platform } = parts;
  const { app } = electron;
  const args = ownArguments(process.argv, app.isPackaged);
  const directory = process.cwd();
  // Chromium puts switches of its own into a second instance's command line: ours goes beside it.
  if (!app.requestSingleInstanceLock({ args, directory })) {
    app.quit();
    return undefined;
  }
  app.enableSandbox();
  app.setAppUserModelId(APP_ID);
  registerScheme(electron.protocol);
  guardApp(app);
  // Dumps stay on this computer.
  electron.crashReporter.start({ uploadToServer: false });

  const log = new FileLog({ folder: app.getPath('logs') });
  log.info('app', `Cratewise ${app.getVersion()} on Electron ${process.versions.electron}, ${platform}`);
  const host = fallbackHost(electronHost(electron.utilityProcess), plainNodeHost(process.env), log);
  const settings = new AppSettings(join(app.getPath('userData'), 'app.json'), log);
  const shell = new Shell({
    electron,
    settings,
    libraries: new Libraries(host, settings, log),
    log,
    platform,
    process,
    developer: !app.isPackaged,
    places: {
      preload: parts.preload,
      renderer: parts.renderer ?? rendererFolder,
      manifests: join(modelsFolder, 'manifests'),
      library: parts.library ?? defaultLibraryFile(),
    },
  });

  app.on('web-contents-created', (_event, contents) => guardContents(contents, (url) => shell.openLink(url)));
  let started = false;
  // What macOS asks to open before the app is ready waits for it.
  const first: OpenRequest[] = [openRequest(args, directory)];
  const ask = (request: OpenRequest) => {
    if (started) void shell.handle(request);
    else first.push(request);
  };
  app.on('second-instance', (_event, _argv, _directory, data) => {
    const other = handedOver(data);
    ask(openRequest(other.args, other.directory));
  });
  app.on('open-file', (event, path) => {
    event.preventDefault();
    ask(isLibraryFile(path) ? { library: path, paths: [] } : { paths: [path] });
  });
  try {
    await app.whenReady();
    app.setAboutPanelOptions({
      applicationName: 'Cratewise',
      applicationVersion: app.getVersion(),
      copyright: 'GPL-3.0-or-later',
    });
    await shell.guard();
    await shell.start(together(first));
    started = true;
    for (const request of first.splice(1)) await shell.handle(request);
    return shell;
  } catch (error) {
    log.error('app', 'could not start', error);
    electron.dialog.showErrorBox('Cratewise', messageOf(error));
    app.exit(1);
    return undefined;
  }
}

/** Everything that was asked for before the start, as one; the last library counts. */
function together(requests: OpenRequest[]): OpenRequest {
  const library = requests.findLast((request) => request.library !== undefined)?.library;
  const paths = requests.flatMap((request) => request.paths);
  requests.length = 1;
  return { ...(library === undefined ? {} : { library }), paths };
}
