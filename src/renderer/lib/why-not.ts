import { t } from '../strings/index.ts';
import { UnplayableError } from './deck.ts';

/** Why a track can't be heard, in words. */
export function whyNot(error: unknown): string {
  if (error instanceof UnplayableError) return t.player.unplayable;
  const data = error instanceof Error && 'data' in error ? error.data : undefined;
  const code = typeof data === 'object' && data !== null && 'code' in data ? String(data.code) : '';
  return t.player.refused[code] ?? (error instanceof Error ? error.message : String(error));
}
