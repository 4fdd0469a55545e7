import type { ShellBridge, ShellCommand, ShellSettings } from '../../shared/shell.ts';
import type { Overlay, Session } from './session.svelte.ts';

const OVERLAYS: Partial<Record<ShellCommand, Overlay>> = {
  write: 'write',
  replace: 'replace',
  history: 'history',
  settings: 'settings',
  help: 'help',
};
const VIEWS: Partial<Record<ShellCommand, Session['view']>> = {
  tracks: 'tracks',
  review: 'review',
  map: 'map',
  mix: 'mix',
  models: 'models',
  learn: 'learn',
};
/** What makes sense before there is any music. */
const WHEN_EMPTY: readonly ShellCommand[] = ['settings', 'addFolder', 'undo', 'redo'];
/** What may be done while something covers the library. */
const WHEN_COVERED: readonly ShellCommand[] = ['undo', 'redo', 'stop'];

type Commanded = Pick<
  Session,
  'attempt' | 'client' | 'edits' | 'mix' | 'overlay' | 'playlists' | 'selection' | 'status' | 'view' | 'work'
>;

/** What of the page itself a command needs. */
export interface PageParts {
  /** Whether text is being typed: its undo is the field's own. */
  isTyping(): boolean;
  /** Undoes or redoes in the field that is typed in. */
  editText(command: 'undo' | 'redo'): void;
  focusSearch(): void;
}

/** The desktop around the page: what its menus ask for, and its settings. */
export class Desktop {
  readonly #bridge: ShellBridge;
  readonly #session: Commanded;
  readonly #page: PageParts;
  /** Null until they are known. */
  settings: ShellSettings | null = $state.raw(null);

  constructor(bridge: ShellBridge, session: Commanded, page: PageParts) {
    this.#bridge = bridge;
    this.#session = session;
    this.#page = page;
  }

  /** Does what a menu asks for, as the same key would. */
  run(command: ShellCommand): void {
    const session = this.#session;
    if (session.overlay !== null && !WHEN_COVERED.includes(command)) return;
    if (session.status?.roots.length === 0 && !WHEN_EMPTY.includes(command)) return;
    const { client } = session;
    const overlay = OVERLAYS[command];
    const view = VIEWS[command];
    if (overlay) session.overlay = overlay;
    else if (view) this.#show(view);
    else if (command === 'undo' || command === 'redo') this.#turn(command);
    else if (command === 'find') this.#page.focusSearch();
    else if (command === 'addFolder') void this.chooseFolders();
    else if (command === 'scan') void session.attempt(() => client.work.scan({}));
    else if (command === 'analyse') void session.attempt(() => client.work.analyse());
    else if (command === 'stop' && session.work.running) void session.attempt(() => client.work.stop());
  }

  /** Takes folders into the library that the user chooses in the system's dialog. */
  async chooseFolders(): Promise<void> {
    await this.#session.attempt(async () => this.#take(await this.#bridge.chooseFolders()));
  }

  /** Takes what was put onto the page into the library. Whether there was anything that has a place. */
  async drop(files: readonly File[]): Promise<boolean> {
    const paths = files.map((file) => this.#bridge.pathOf(file)).filter((path) => path !== '');
    await this.#session.attempt(() => this.#take(paths));
    return paths.length > 0;
  }

  async loadSettings(): Promise<void> {
    this.settings = await this.#bridge.settings();
  }

  async set(change: Partial<ShellSettings>): Promise<void> {
    const { settings } = this;
    if (!settings) return;
    await this.#session.attempt(async () => {
      this.settings = await this.#bridge.setSettings({ ...settings, ...change });
    });
  }

  async #take(folders: readonly string[]): Promise<void> {
    // As many as one call takes.
    for (let at = 0; at < folders.length; at += 100)
      await this.#session.client.work.scan({ folders: folders.slice(at, at + 100) });
  }

  #turn(command: 'undo' | 'redo'): void {
    if (this.#page.isTyping()) this.#page.editText(command);
    else if (this.#session.overlay !== null || this.#session.status?.roots.length === 0) return;
    else if (this.#session.view === 'playlist') void this.#session.playlists.turn(command);
    else if (command === 'undo') void this.#session.edits.undo();
    else void this.#session.edits.redo();
  }

  #show(view: Session['view']): void {
    const { mix, selection } = this.#session;
    if (view === 'mix' && selection.id !== null) void mix.open(selection.id);
    this.#session.view = view;
  }
}
