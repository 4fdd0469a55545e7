import type { Task } from '../../shared/prediction.ts';
import type { CallContext } from '../../shared/worker/protocol.ts';
import { openCatalogue, type TrackDistribution } from '../catalogue/index.ts';
import { applyStored } from './apply.ts';
import { learnKey } from './key.ts';
import { learnLabels } from './labelled.ts';
import type { LearnProgress, LearnRequest, LearnResult } from './request.ts';

/** What the learning process answers. It reads the library and writes nothing. */
export interface LearnCalls {
  learn(request: LearnRequest): Promise<LearnResult>;
  /**
   * What a learnt probe says of tracks whose vectors are stored, in order, of those after a track.
   * @param probe path of the probe file
   */
  predict(
    library: string,
    probe: string,
    afterTrack: number,
    limit: number,
  ): Promise<{ task: Task; predictor: string; version: string; said: readonly TrackDistribution[] }>;
}

/** Lets messages of the parent in, and ours out. */
const breathe = () => new Promise<void>((resolve) => setImmediate(resolve));

export const learnCalls = {
  async learn(request: LearnRequest, context?: CallContext): Promise<LearnResult> {
    const catalogue = openCatalogue(request.library, { access: 'read' });
    try {
      const work = request.task === 'key' && request.source === 'tags' ? learnKey : learnLabels;
      return await work(catalogue, request, async (progress: LearnProgress) => {
        context?.progress(progress);
        await breathe();
        context?.signal.throwIfAborted();
      });
    } finally {
      catalogue.close();
    }
  },

  async predict(library: string, probe: string, afterTrack: number, limit: number) {
    const catalogue = openCatalogue(library, { access: 'read' });
    try {
      return await applyStored(catalogue, probe, afterTrack, limit);
    } finally {
      catalogue.close();
    }
  },
} satisfies LearnCalls;
