import type { ShellBridge } from '../../shared/shell.ts';

/** What the desktop can do for the page; null in a browser. */
export function desktop(): ShellBridge | null {
  return (globalThis as { cratewise?: ShellBridge }).cratewise ?? null;
}
