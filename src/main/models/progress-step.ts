import type { InstallProgress } from '../../shared/model-install.ts';

/** Progress of a phase that is not counted in bytes. @param fraction 0..1 */
export function step(phase: InstallProgress['phase'], fraction: number): InstallProgress {
  const done = Math.round(1000 * Math.min(1, Math.max(0, fraction)));
  return { phase, done, total: 1000, bytesPerSecond: 0, secondsLeft: null };
}
