import { clock } from '../../shared/clock.ts';
import type { InstallProgress } from '../../shared/model-install.ts';

/** `1.9 MB`, `755 MB`, `2.9 GB`: decimal, as disks are sold. */
export function bytesText(bytes: number): string {
  if (bytes < 1e6) return `${Math.ceil(bytes / 1e3)} kB`;
  if (bytes < 1e7) return `${(bytes / 1e6).toFixed(1)} MB`;
  return bytes < 1e9 ? `${Math.round(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}

/** How far an installation is: `[####    ] 120 MB of 755 MB · 3.1 MB/s · 3:25 left`. */
export function describeInstall(progress: InstallProgress): string {
  const { phase, done, total, bytesPerSecond, secondsLeft } = progress;
  const filled = total > 0 ? Math.min(20, Math.round((20 * done) / total)) : 0;
  const parts = [`[${'#'.repeat(filled)}${' '.repeat(20 - filled)}]`];
  if (phase === 'fetching' || phase === 'verifying') parts[0] += ` ${bytesText(done)} of ${bytesText(total)}`;
  if (bytesPerSecond > 0) parts.push(`${bytesText(bytesPerSecond)}/s`);
  if (secondsLeft !== null && done < total) parts.push(`${clock(secondsLeft)} left`);
  return parts.join(' · ');
}
