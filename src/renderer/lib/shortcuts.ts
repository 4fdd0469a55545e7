import { t } from '../strings/index.ts';

/** Whether the platform's key for commands is down: Ctrl, or ⌘ on a Mac. */
export function isCommand(event: KeyboardEvent | MouseEvent): boolean {
  return IS_MAC ? event.metaKey : event.ctrlKey;
}

export const IS_MAC = typeof navigator !== 'undefined' && /Mac|iPhone|iPad/.test(navigator.userAgent);

/** Whether the keyboard is typing text somewhere, so that letters and undo are that field's own. */
export function isTyping(event: KeyboardEvent): boolean {
  const { target } = event;
  if (target instanceof HTMLInputElement)
    return !['checkbox', 'radio', 'range', 'button'].includes(target.type);
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;
}

/** Keys as `aria-keyshortcuts` and the help list name them; `Mod` is Ctrl or ⌘. */
export interface Shortcut {
  readonly keys: string;
  readonly text: ShortcutText;
}

export type ShortcutText =
  | 'search'
  | 'help'
  | 'views'
  | 'undo'
  | 'redo'
  | 'write'
  | 'history'
  | 'replace'
  | 'settings'
  | 'playPause'
  | 'jump'
  | 'playStep'
  | 'passage'
  | 'walk'
  | 'page'
  | 'ends'
  | 'extend'
  | 'toggle'
  | 'all'
  | 'edit'
  | 'commit'
  | 'commitNext'
  | 'commitDown'
  | 'cancel'
  | 'clear'
  | 'fill'
  | 'copy'
  | 'paste'
  | 'collapse'
  | 'sortFurther'
  | 'moveColumn'
  | 'sizeColumn'
  | 'accept'
  | 'runnerUp'
  | 'change'
  | 'skip'
  | 'back'
  | 'reject'
  | 'task'
  | 'wheel'
  | 'mapWalk'
  | 'mapPlay'
  | 'mapToggle'
  | 'mapPan'
  | 'mapZoom'
  | 'mapFit'
  | 'mapMiddle'
  | 'mapAll'
  | 'wheelChoose'
  | 'wheelOnly'
  | 'wheelExtend'
  | 'mix'
  | 'playlistPlay'
  | 'playlistMove'
  | 'playlistRemove';

/** Every shortcut, by where it works: what the help overlay shows. */
export const SHORTCUTS: Readonly<
  Record<
    'everywhere' | 'table' | 'editing' | 'head' | 'review' | 'wheel' | 'playlist' | 'map',
    readonly Shortcut[]
  >
> = {
  everywhere: [
    { keys: '/', text: 'search' },
    { keys: '?', text: 'help' },
    { keys: 'Alt+1 … Alt+5', text: 'views' },
    { keys: 'Alt+M', text: 'mix' },
    { keys: 'Space', text: 'playPause' },
    { keys: 'Shift+← / Shift+→', text: 'jump' },
    { keys: 'Mod+Z', text: 'undo' },
    { keys: 'Mod+Shift+Z', text: 'redo' },
    { keys: 'Mod+S', text: 'write' },
    { keys: 'Mod+Shift+H', text: 'history' },
    { keys: 'Mod+Shift+F', text: 'replace' },
    { keys: 'Mod+,', text: 'settings' },
  ],
  table: [
    { keys: '← ↑ → ↓', text: 'walk' },
    { keys: 'PageUp / PageDown', text: 'page' },
    { keys: 'Home / End', text: 'ends' },
    { keys: 'Shift+↑ / Shift+↓', text: 'extend' },
    { keys: 'Shift+Space', text: 'toggle' },
    { keys: 'J / K', text: 'playStep' },
    { keys: 'Mod+A', text: 'all' },
    { keys: 'Enter / F2', text: 'edit' },
    { keys: 'Delete', text: 'clear' },
    { keys: 'Mod+D', text: 'fill' },
    { keys: 'Mod+C', text: 'copy' },
    { keys: 'Mod+V', text: 'paste' },
    { keys: 'Esc', text: 'collapse' },
  ],
  editing: [
    { keys: 'Enter', text: 'commit' },
    { keys: 'Tab / Shift+Tab', text: 'commitNext' },
    { keys: '↑ / ↓', text: 'commitDown' },
    { keys: 'Esc', text: 'cancel' },
  ],
  head: [
    { keys: 'Shift+Enter', text: 'sortFurther' },
    { keys: 'Alt+← / Alt+→', text: 'moveColumn' },
    { keys: 'Alt+Shift+← / Alt+Shift+→', text: 'sizeColumn' },
  ],
  review: [
    { keys: 'Enter', text: 'accept' },
    { keys: '2', text: 'runnerUp' },
    { keys: 'E', text: 'change' },
    { keys: 'X', text: 'reject' },
    { keys: '↓ / J', text: 'skip' },
    { keys: '↑ / K', text: 'back' },
    { keys: 'T', text: 'task' },
    { keys: 'Space / P', text: 'passage' },
  ],
  wheel: [
    { keys: '← ↑ → ↓', text: 'wheel' },
    { keys: 'Space', text: 'wheelChoose' },
    { keys: 'Enter', text: 'wheelOnly' },
    { keys: 'Shift+← / Shift+→', text: 'wheelExtend' },
  ],
  playlist: [
    { keys: 'Enter', text: 'playlistPlay' },
    { keys: 'Alt+↑ / Alt+↓', text: 'playlistMove' },
    { keys: 'Delete', text: 'playlistRemove' },
  ],
  map: [
    { keys: '← ↑ → ↓', text: 'mapWalk' },
    { keys: 'Enter', text: 'mapPlay' },
    { keys: 'Space', text: 'mapToggle' },
    { keys: 'Shift+← ↑ → ↓', text: 'mapPan' },
    { keys: '+ / −', text: 'mapZoom' },
    { keys: '0', text: 'mapFit' },
    { keys: 'Home', text: 'mapMiddle' },
    { keys: 'Mod+A', text: 'mapAll' },
  ],
};

/** Keys as this platform, and a keyboard of the window's language, write them. */
export function keysText(keys: string): string {
  const named = keys.replaceAll('Mod', IS_MAC ? '⌘' : 'Ctrl');
  return named.replaceAll(/\p{L}{2,}/gu, (key) => t.help.keyNames[key] ?? key);
}
