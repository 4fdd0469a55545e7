import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Probe, parseProbe } from '../../shared/probe.ts';

/** The probes in a folder, in order of their names; what is no probe is passed over. */
export async function readShippedProbes(folder: string): Promise<Probe[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.json')).sort();
  const probes: Probe[] = [];
  for (const file of files) {
    const text = await readFile(join(folder, file), 'utf8');
    if (!text.includes('"cratewise-probe"')) continue;
    try {
      probes.push(parseProbe(text));
    } catch {
      // The analyser tells of it; learning goes on without.
    }
  }
  return probes;
}
