import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { ProcessHost, WorkerHandle } from '../../../src/main/host/process-host.ts';
import { WorkerDiedError, WorkerPool, WorkerTimeoutError } from '../../../src/main/host/worker-pool.ts';
import { CANCEL, type CallMessage, type WorkerMessage } from '../../../src/shared/worker/protocol.ts';

interface Calls {
  work(input: string): Promise<string>;
}

/** Processes under the test's control: what they were asked, and what they answer. */
class ScriptedHost implements ProcessHost {
  readonly workers: {
    calls: CallMessage[];
    answer: (m: WorkerMessage) => void;
    exit: (r: string) => void;
    killed: boolean;
  }[] = [];

  start(): WorkerHandle {
    const worker = {
      calls: [] as CallMessage[],
      answer: (_message: WorkerMessage) => {},
      exit: (_reason: string) => {},
      killed: false,
    };
    this.workers.push(worker);
    return {
      pid: this.workers.length,
      post: (message) => void worker.calls.push(message),
      onMessage: (listener) => {
        worker.answer = listener;
        queueMicrotask(() => listener({ ready: true }));
      },
      onExit: (listener) => {
        worker.exit = listener;
      },
      kill: () => {
        worker.killed = true;
        worker.exit('killed');
      },
    };
  }
}

const settle = () => new Promise((resolve) => setTimeout(resolve, 0));

describe('WorkerPool', () => {
  it('gives each process one call and queues the rest', async () => {
    const host = new ScriptedHost();
    const pool = new WorkerPool<Calls>(host, { module: 'analyser/worker', size: 2 });
    const results = ['a', 'b', 'c'].map((input) => pool.call('work', input));
    expect(host.workers.map((worker) => worker.calls.length)).toEqual([1, 1]);
    host.workers[0]?.answer({ id: host.workers[0].calls[0]!.id, result: 'A' });
    expect(host.workers[0]?.calls.map((call) => call.params)).toEqual([['a'], ['c']]);
    host.workers[1]?.answer({ id: host.workers[1].calls[0]!.id, error: { code: 'bad', message: 'no' } });
    host.workers[0]?.answer({ id: host.workers[0].calls[1]!.id, result: 'C' });
    expect(await results[0]).toBe('A');
    await expect(results[1]).rejects.toMatchObject({ code: 'bad', message: 'no' });
    expect(await results[2]).toBe('C');
  });

  it('fails the call of a process that dies, and starts another for the rest', async () => {
    const host = new ScriptedHost();
    const pool = new WorkerPool<Calls>(host, { module: 'analyser/worker', size: 1 });
    const first = pool.call('work', 'a');
    const second = pool.call('work', 'b');
    await settle();
    host.workers[0]?.exit('killed by SIGKILL');
    await expect(first).rejects.toThrow(WorkerDiedError);
    expect(host.workers).toHaveLength(2);
    host.workers[1]?.answer({ id: host.workers[1].calls[0]!.id, result: 'B' });
    expect(await second).toBe('B');
  });

  it('does not restart for ever a process that can not start', async () => {
    const host = new ScriptedHost();
    const pool = new WorkerPool<Calls>(host, { module: 'analyser/worker', size: 1 });
    const calls = [pool.call('work', 'a'), pool.call('work', 'b')];
    host.workers[0]?.exit('exit code 1');
    for (const call of calls) await expect(call).rejects.toThrow(WorkerDiedError);
    expect(host.workers).toHaveLength(1);
  });

  it('kills a process that does not answer in time', async () => {
    const host = new ScriptedHost();
    const pool = new WorkerPool<Calls>(host, { module: 'analyser/worker', size: 1, timeoutMs: 5 });
    await expect(pool.call('work', 'a')).rejects.toThrow(WorkerTimeoutError);
    expect(host.workers[0]?.killed).toBe(true);
  });

  it('passes progress on, and asks for an end of the call when its signal is aborted', async () => {
    const host = new ScriptedHost();
    const pool = new WorkerPool<Calls>(host, { module: 'analyser/worker', size: 1 });
    const abort = new AbortController();
    const seen: number[] = [];
    const first = pool.follow(
      'work',
      { signal: abort.signal, onProgress: (progress: number) => seen.push(progress) },
      'a',
    );
    const waiting = pool.follow('work', { signal: abort.signal }, 'b');
    const [worker] = host.workers;
    const { id } = worker!.calls[0]!;
    worker!.answer({ id, progress: 1 });
    worker!.answer({ id, progress: 2 });
    expect(seen).toEqual([1, 2]);
    abort.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'closed' });
    expect(worker!.calls[1]).toMatchObject({ method: CANCEL, params: [id] });
    worker!.answer({ id, error: { code: 'cancelled', message: 'ended' } });
    await expect(first).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('rejects everything when closed', async () => {
    const host = new ScriptedHost();
    const pool = new WorkerPool<Calls>(host, { module: 'analyser/worker', size: 1 });
    const calls = [pool.call('work', 'a'), pool.call('work', 'b')];
    pool.close();
    for (const call of calls) await expect(call).rejects.toMatchObject({ code: 'closed' });
    await expect(pool.call('work', 'c')).rejects.toMatchObject({ code: 'closed' });
    expect(host.workers[0]?.killed).toBe(true);
  });

  it('ends a process that has had nothing to do for a while, and starts another when there is', async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const host = new ScriptedHost();
    const pool = new WorkerPool<Calls>(host, { module: 'analyser/worker', size: 1, idleMs: 1000 });
    const answer = (worker: number, call: number) =>
      host.workers[worker]?.answer({ id: host.workers[worker].calls[call]!.id, result: 'done' });
    const first = pool.call('work', 'a');
    await vi.advanceTimersByTimeAsync(5000);
    answer(0, 0);
    expect(await first).toBe('done');
    await vi.advanceTimersByTimeAsync(900);
    const second = pool.call('work', 'b');
    await vi.advanceTimersByTimeAsync(5000);
    expect(host.workers[0]?.killed).toBe(false);
    answer(0, 1);
    expect(await second).toBe('done');
    await vi.advanceTimersByTimeAsync(1000);
    expect(host.workers[0]?.killed).toBe(true);
    const third = pool.call('work', 'c');
    expect(host.workers).toHaveLength(2);
    answer(1, 0);
    expect(await third).toBe('done');
    pool.close();
  });
});
