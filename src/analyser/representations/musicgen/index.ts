import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MUSICGEN_FILE, type MusicgenModel, parseMusicgenModel } from '../../../shared/musicgen-model.ts';
import type { RepresentationFactory } from '../index.ts';
import type { Representation } from '../representation.ts';
import { MusicgenHost } from './host.ts';

/** Below a second there is no music to speak of: a note, a click. */
const MINIMUM_SECONDS = 1;

/**
 * What an installed MusicGen hears in a window: the mean over time of its hidden states. `<model id>` is the layer
 * that was found best, `<model id>:<n>` the n-th (0 the embeddings of the tokens, n the output of layer n). Samples
 * are mono at 32 kHz, the mean of all channels, as in its training; windows over 30 s are heard in equal parts.
 */
export const musicgen: RepresentationFactory = async ({ installed, threads = 1, devices, problems }) => {
  const found: Representation[] = [];
  for (const model of installed.values()) {
    const file = join(model.folder, MUSICGEN_FILE);
    if (!existsSync(file)) continue;
    try {
      const description = parseMusicgenModel(await readFile(file, 'utf8'));
      const host = new MusicgenHost(model, description, { settings: devices, threads });
      found.push(...musicgenRepresentations(model.id, model.version, description, host));
    } catch (error) {
      // What else is installed is none the worse for it.
      const message = error instanceof Error ? error.message : String(error);
      problems?.push({ file: `${model.id}/${MUSICGEN_FILE}`, code: 'bad-model', message });
    }
  }
  return found;
};

/** The representations of one MusicGen: the default layer first, then every layer that its decoders reach. */
export function musicgenRepresentations(
  id: string,
  version: string,
  model: MusicgenModel,
  host: MusicgenHost,
): Representation[] {
  const layer = (representation: string, number: number): Representation => ({
    id: representation,
    version,
    sampleRate: model.audio.sampleRate,
    dimension: model.network.hidden,
    minimumSeconds: MINIMUM_SECONDS,
    net: host,
    get origin() {
      return host.origin;
    },
    compute: (window) => host.state(window, number),
  });
  const deepest = Math.max(...model.decoders.map(({ depth }) => depth));
  return [
    layer(id, model.defaultState),
    ...Array.from({ length: deepest + 1 }, (_, number) => layer(`${id}:${number}`, number)),
  ];
}
