import { join } from 'node:path';
import type { DeviceSettings } from '../../shared/device.ts';
import { dataFolder } from '../data-folder.ts';
import { modelsFolder } from '../host/places.ts';

/** The folder of models that the user installed. */
export const installedModelsFolder = (): string => join(dataFolder(), 'models');

/** The folder of the user's own probes: those in it count for every library. */
export const ownProbesFolder = (): string => join(dataFolder(), 'probes');

/**
 * The folder of what one library taught us. It counts for that library alone: what “Alternative” means to one
 * collection says nothing of another.
 */
export const learntProbesFolder = (libraryId: string): string => join(ownProbesFolder(), libraryId);

/** Where an analyser process is to run large models, and on how many threads. */
export interface AnalyserPower {
  readonly threads?: number;
  readonly devices?: Pick<DeviceSettings, 'device' | 'precision'>;
}

/** What an analyser process is started with: where the shipped weights, installed models, own and learnt probes are. */
export const analyserArguments = (libraryId: string, power: AnalyserPower = {}): string[] => [
  modelsFolder,
  installedModelsFolder(),
  ownProbesFolder(),
  learntProbesFolder(libraryId),
  String(power.threads ?? 1),
  JSON.stringify({
    device: power.devices?.device ?? 'auto',
    precision: power.devices?.precision ?? 'auto',
    remember: join(dataFolder(), 'devices.json'),
  }),
];
