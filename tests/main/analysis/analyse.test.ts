import { expect, it } from 'vitest';
import { ANALYSE, analyseDue } from '../../../src/main/analysis/analyse.ts';
import type { ProcessHost } from '../../../src/main/host/process-host.ts';
import type { ErrorShape } from '../../../src/shared/errors.ts';
import type { WorkerMessage } from '../../../src/shared/worker/protocol.ts';
import { analysis, KEY, memoryLibrary } from '../catalogue/support.ts';

/** Analysers that hear A minor in every file, or meet a problem with each, in this process. */
const hostWith = (problem?: ErrorShape): ProcessHost => ({
  start() {
    let tell: (message: WorkerMessage) => void = () => undefined;
    let alive = true;
    queueMicrotask(() => tell({ ready: true }));
    return {
      pid: undefined,
      onMessage: (listener) => {
        tell = listener;
      },
      onExit: () => undefined,
      kill: () => {
        alive = false;
      },
      post: ({ id, method }) => {
        const error = method === 'analyse' ? problem : undefined;
        const result =
          method === 'describe'
            ? {
                predictors: [{ ...KEY, representations: [], tier: 'built-in', needs: 'built-in' }],
                representations: [],
                problems: [],
              }
            : analysis({ key: ['A minor', 0.9] });
        setTimeout(() => alive && tell(error ? { id, error } : { id, result }), 2 + id);
      },
    };
  },
});
const host = hostWith();

it('listens to what is due, and to nothing twice', async () => {
  const { catalogue, add } = memoryLibrary();
  for (const name of ['a', 'b', 'c']) add(`/music/${name}.mp3`);
  const first = await analyseDue(catalogue, host, { processes: 2 });
  expect(first).toEqual({ analysed: 3, failed: 0, left: 0 });
  expect(await analyseDue(catalogue, host, { processes: 2 })).toEqual({ analysed: 0, failed: 0, left: 0 });
});

it('asks again where the first process ends before it has said a word, and no third time', async () => {
  const { catalogue, add } = memoryLibrary();
  add('/music/a.mp3');
  const dying = (times: number): ProcessHost => {
    let started = 0;
    return {
      start(...args) {
        const handle = host.start(...args);
        if (++started > times) return handle;
        return {
          ...handle,
          post: () => undefined,
          onExit: (listener) => setTimeout(() => listener('SIGKILL'), 1),
        };
      },
    };
  };
  await expect(analyseDue(catalogue, dying(2), { processes: 1 })).rejects.toMatchObject({
    code: 'worker-died',
  });
  expect(await analyseDue(catalogue, dying(1), { processes: 1 })).toMatchObject({ analysed: 1, failed: 0 });
});

it('ends with the error when a result can’t be stored, and keeps the rest for another run', async () => {
  const { catalogue, add } = memoryLibrary();
  for (const name of ['a', 'b', 'c', 'd']) add(`/music/${name}.mp3`);
  let results = 0;
  let claims = 0;
  const queue = {
    ...catalogue.queue,
    claim: (...args: Parameters<typeof catalogue.queue.claim>) => {
      claims += 1;
      if (claims > 100) throw new Error('claims for ever');
      return catalogue.queue.claim(...args);
    },
    complete: () => {
      results += 1;
      throw new Error('no room');
    },
  };
  await expect(analyseDue({ ...catalogue, queue }, host, { processes: 2 })).rejects.toThrow('no room');
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(results).toBe(1);
  expect(claims).toBe(2);
  // The item of the lane that was cut off is given back; the one whose result was lost is taken over at the next open.
  expect(catalogue.queue.counts(ANALYSE)).toMatchObject({ queued: 3, held: 1, failed: 0 });
});

it('holds nothing against files whose drive is gone, and remembers files that can’t be decoded', async () => {
  const { catalogue, add } = memoryLibrary();
  for (const name of ['a', 'b']) add(`/music/${name}.mp3`);
  const run = (code?: string) =>
    analyseDue(catalogue, hostWith(code === undefined ? undefined : { code, message: code }), {
      processes: 1,
    });
  expect(await run('not-found')).toEqual({ analysed: 0, failed: 2, left: 0 });
  expect(catalogue.files.details('/music/a.mp3')?.problem).toBeNull();
  expect(await run('not-audio')).toEqual({ analysed: 0, failed: 2, left: 0 });
  expect(catalogue.files.details('/music/a.mp3')?.problem?.code).toBe('not-audio');
  expect(await run()).toEqual({ analysed: 0, failed: 0, left: 0 });
});
