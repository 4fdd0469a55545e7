import { join } from 'node:path';
import { dataFolder } from '../data-folder.ts';
import { modelsFolder } from '../host/places.ts';

/** The folder of models that the user installed. */
export const installedModelsFolder = (): string => join(dataFolder(), 'models');

/** The folder of probes that were trained on the user's own music. */
export const ownProbesFolder = (): string => join(dataFolder(), 'probes');

/** What an analyser process is started with: where the shipped weights, installed models and own probes are. */
export const analyserArguments = (): string[] => [modelsFolder, installedModelsFolder(), ownProbesFolder()];
