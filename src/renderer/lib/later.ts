import type { Component } from 'svelte';

/** A component that is fetched when it is wanted for the first time. */
export type Later = () => Promise<{ readonly default: Component }>;

/** What covers the library: none of it is needed for the first rows. */
export const OVERLAYS = {
  write: () => import('../components/WriteDialog.svelte'),
  'add-to-playlist': () => import('../components/playlist/AddDialog.svelte'),
  export: () => import('../components/playlist/ExportDialog.svelte'),
  history: () => import('../components/HistoryDialog.svelte'),
  replace: () => import('../components/ReplaceDialog.svelte'),
  settings: () => import('../components/SettingsDialog.svelte'),
  problems: () => import('../components/work/ProblemsDialog.svelte'),
  help: () => import('../components/HelpOverlay.svelte'),
} as const satisfies Record<string, Later>;

/** What stands in place of the table. */
export const VIEWS = {
  review: () => import('../components/Review.svelte'),
  map: () => import('../components/map/MapView.svelte'),
  mix: () => import('../components/mix/MixView.svelte'),
  playlist: () => import('../components/playlist/PlaylistView.svelte'),
  models: () => import('../components/models/ModelsView.svelte'),
  learn: () => import('../components/learn/LearnView.svelte'),
} as const satisfies Record<string, Later>;

/** Fetches all of them while nothing else is to be done, so that none is waited for, and a server that ended is no loss. */
export async function fetchAhead(): Promise<void> {
  for (const load of [...Object.values(VIEWS), ...Object.values(OVERLAYS)]) {
    await idle();
    try {
      await load();
    } catch {
      // Nobody there: whoever wants one of them will hear of it.
      return;
    }
  }
}

/** Safari knows no idle callbacks. */
const idle = (): Promise<unknown> =>
  new Promise((resolve) => {
    if ('requestIdleCallback' in globalThis) requestIdleCallback(resolve);
    else setTimeout(resolve, 200);
  });
