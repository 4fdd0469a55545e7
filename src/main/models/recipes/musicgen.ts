import { buildMusicgen, defaultDepth } from '../musicgen/build.ts';
import { chooseTensors, countLayers } from '../musicgen/tensors.ts';
import type { Recipe } from '../recipe.ts';

/**
 * MusicGen (facebook/musicgen-small, -medium, -large, any size) as its authors publish it: `config.json` and
 * `model.safetensors`. It fetches the layers up to the default one: of the small model 756 MB of 2.4 GB.
 */
export const musicgen: Recipe = {
  id: 'musicgen',
  tensors: (available) => chooseTensors(available, defaultDepth(countLayers(available.keys()))),
  build: (context) => buildMusicgen(context, false),
};

/** The same with all layers, to compare them: twice as much to fetch. */
export const musicgenAllLayers: Recipe = {
  id: 'musicgen-all-layers',
  tensors: (available) => chooseTensors(available, countLayers(available.keys())),
  build: (context) => buildMusicgen(context, true),
};
