import { join } from 'node:path';
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

/**
 * What an analyser process is started with: where the shipped weights, installed models, own and learnt probes are.
 * @param threads that a large model may use
 */
export const analyserArguments = (libraryId: string, threads = 1): string[] => [
  modelsFolder,
  installedModelsFolder(),
  ownProbesFolder(),
  learntProbesFolder(libraryId),
  String(threads),
];
