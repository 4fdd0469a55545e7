import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { type Probe, parseProbe, serialiseProbe } from '../../src/shared/probe.ts';

/**
 * Writes a probe's file, but leaves it alone where only the date would change.
 * @returns what was done, for people
 */
export function writeProbe(file: string, probe: Probe): string {
  if (existsSync(file)) {
    const old = parseProbe(readFileSync(file, 'utf8'));
    const provenance = { ...probe.provenance, date: old.provenance.date };
    if (serialiseProbe({ ...probe, provenance }) === serialiseProbe(old)) return `${file} is up to date.`;
  }
  writeFileSync(file, serialiseProbe(probe));
  return `Wrote ${file}.`;
}
