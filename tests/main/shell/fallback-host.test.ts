import { describe, expect, it, vi } from 'vitest';
import type { ProcessHost, WorkerHandle } from '../../../src/main/host/process-host.ts';
import { noLog } from '../../../src/main/log/log.ts';
import { fallbackHost, plainNodeHost } from '../../../src/main/shell/fallback-host.ts';
import type { WorkerMessage } from '../../../src/shared/worker/protocol.ts';

/** A host whose workers live and die by the test. */
function host() {
  const workers: { say(message: WorkerMessage): void; end(): void }[] = [];
  const started: string[] = [];
  const made: ProcessHost = {
    start(module): WorkerHandle {
      const messages: ((message: WorkerMessage) => void)[] = [];
      const exits: ((reason: string) => void)[] = [];
      const worker = {
        say: (message: WorkerMessage) => {
          for (const listener of messages) listener(message);
        },
        end: () => {
          for (const listener of exits) listener('exit code 133');
        },
      };
      workers.push(worker);
      started.push(module);
      return {
        pid: started.length,
        post: () => undefined,
        onMessage: (listener) => void messages.push(listener),
        onExit: (listener) => void exits.push(listener),
        kill: worker.end,
      };
    },
  };
  return { host: made, workers, started };
}

function pair() {
  const [electron, node] = [host(), host()];
  const log = { ...noLog, error: vi.fn() };
  return { electron, node, log, host: fallbackHost(electron.host, node.host, log) };
}

describe('fallbackHost', () => {
  it('goes over to the other host where workers of a kind never answer, for that kind alone', () => {
    const { electron, node, log, host: both } = pair();
    for (let attempt = 0; attempt < 3; attempt++) {
      both.start('analyser/worker');
      electron.workers[attempt]!.say({ ready: true });
      electron.workers[attempt]!.end();
    }
    expect(log.error).toHaveBeenCalledOnce();
    both.start('analyser/worker');
    both.start('main/scan/worker');
    expect(node.started).toEqual(['analyser/worker']);
    expect(electron.started.at(-1)).toBe('main/scan/worker');
  });

  it('blames no host for a worker that a file has killed after others were read', () => {
    const { electron, node, host: both } = pair();
    for (let attempt = 0; attempt < 10; attempt++) {
      both.start('analyser/worker');
      // Every third reads one file before it dies.
      if (attempt % 3 === 0) electron.workers[attempt]!.say({ id: 1, result: null });
      electron.workers[attempt]!.end();
    }
    expect(node.started).toEqual([]);
  });

  it('blames no host for what was ended on purpose, and takes a failure for an answer', () => {
    const { electron, node, host: both } = pair();
    for (let attempt = 0; attempt < 5; attempt++) both.start('analyser/worker').kill();
    for (let attempt = 5; attempt < 10; attempt++) {
      both.start('analyser/worker');
      electron.workers[attempt]!.say({ id: 1, error: { code: 'bad', message: 'bad file' } });
      electron.workers[attempt]!.end();
    }
    expect(node.started).toEqual([]);
  });

  it('passes everything on', () => {
    const { electron, host: both } = pair();
    const worker = both.start('main/scan/worker');
    const [heard, ended] = [vi.fn(), vi.fn()];
    worker.onMessage(heard);
    worker.onExit(ended);
    electron.workers[0]!.say({ ready: true });
    worker.kill();
    expect(worker.pid).toBe(1);
    expect(heard).toHaveBeenCalledExactlyOnceWith({ ready: true });
    expect(ended).toHaveBeenCalledExactlyOnceWith('exit code 133');
  });

  it('stays where there is no other host', () => {
    const electron = host();
    const both = fallbackHost(electron.host, undefined, noLog);
    for (let attempt = 0; attempt < 5; attempt++) {
      both.start('analyser/worker');
      electron.workers[attempt]!.end();
    }
    expect(electron.started).toHaveLength(5);
  });
});

describe('plainNodeHost', () => {
  it('is there where a Node is named, outside an archive', () => {
    expect(plainNodeHost({ CRATEWISE_NODE: process.execPath }, '/somewhere')).toBeDefined();
    expect(plainNodeHost({ CRATEWISE_NODE: process.execPath }, '/app/resources/app.asar')).toBeUndefined();
    for (const CRATEWISE_NODE of [undefined, '', 'node', '/no/such/node'])
      expect(plainNodeHost(CRATEWISE_NODE === undefined ? {} : { CRATEWISE_NODE }, '/x')).toBeUndefined();
  });

  it('runs a worker in that Node', async () => {
    const worker = plainNodeHost({ CRATEWISE_NODE: process.execPath })!.start('main/scan/worker');
    const ready = await new Promise((resolve) => worker.onMessage(resolve));
    expect(ready).toEqual({ ready: true });
    const end = new Promise((resolve) => worker.onExit(resolve));
    worker.kill();
    await end;
  });
});
