import { EventEmitter } from 'node:events';
import { describe, expect, it, vi } from 'vitest';
import { noLog } from '../../../src/main/log/log.ts';
import { KeepAwake, SleepGuard } from '../../../src/main/shell/power.ts';
import type { WorkState } from '../../../src/shared/contract/index.ts';
import { listening, running, workState } from './work.ts';

describe('KeepAwake', () => {
  function keeper() {
    const blocker = { start: vi.fn(() => 7), stop: vi.fn(() => true) };
    const wish = { wanted: true };
    return { blocker, wish, awake: new KeepAwake(blocker, () => wish.wanted) };
  }

  it('keeps the computer awake, not its screen, while something runs', () => {
    const { blocker, awake } = keeper();
    awake.follow(false);
    expect(blocker.start).not.toHaveBeenCalled();
    for (let state = 0; state < 5; state++) awake.follow(true);
    expect(blocker.start).toHaveBeenCalledExactlyOnceWith('prevent-app-suspension');
    awake.follow(false);
    awake.follow(false);
    expect(blocker.stop).toHaveBeenCalledExactlyOnceWith(7);
  });

  it('lets it sleep when the user wants that, from the moment they say so', () => {
    const { blocker, wish, awake } = keeper();
    awake.follow(true);
    wish.wanted = false;
    awake.follow(true);
    expect(blocker.stop).toHaveBeenCalledExactlyOnceWith(7);
  });
});

describe('SleepGuard', () => {
  function guarded(state: WorkState) {
    const work = { state, stop: vi.fn(), scan: vi.fn(), pause: vi.fn(), resume: vi.fn() };
    const current: { work: typeof work | undefined } = { work };
    const monitor = new EventEmitter();
    new SleepGuard(() => current.work, noLog).listen(monitor as never);
    const called = () => [work.stop, work.scan, work.pause, work.resume].map(({ mock }) => mock.calls.length);
    return { work, current, monitor, called };
  }

  it('pauses listening, and goes on with it', () => {
    const { work, monitor, called } = guarded(workState({ listening: listening('running') }));
    monitor.emit('suspend');
    expect(called()).toEqual([0, 0, 1, 0]);
    work.state = workState({ listening: listening('paused') });
    monitor.emit('resume');
    expect(called()).toEqual([0, 0, 1, 1]);
    monitor.emit('resume');
    expect(called()).toEqual([0, 0, 1, 1]);
  });

  it('stops a scan after the file in hand, and begins it again', () => {
    const { monitor, called } = guarded(workState({ running: running('scan') }));
    monitor.emit('suspend');
    // Some systems tell twice.
    monitor.emit('suspend');
    expect(called()).toEqual([1, 0, 0, 0]);
    monitor.emit('resume');
    expect(called()).toEqual([1, 1, 0, 0]);
  });

  it.each(['write', 'undo', 'learn'] as const)('leaves %s as it is', (kind) => {
    const { monitor, called } = guarded(workState({ running: running(kind) }));
    monitor.emit('suspend');
    monitor.emit('resume');
    expect(called()).toEqual([0, 0, 0, 0]);
  });

  it('takes up nothing that the user had paused, or was stopping', () => {
    const paused = guarded(
      workState({ listening: listening('paused'), running: running('scan', { stopping: true }) }),
    );
    paused.monitor.emit('suspend');
    paused.monitor.emit('resume');
    expect(paused.called()).toEqual([0, 0, 0, 0]);
  });

  it('takes up nothing that was ended meanwhile, or belongs to another library', () => {
    const ended = guarded(workState({ listening: listening('running') }));
    ended.monitor.emit('suspend');
    ended.work.state = workState({ listening: listening('off') });
    ended.monitor.emit('resume');
    expect(ended.called()).toEqual([0, 0, 1, 0]);

    const left = guarded(workState({ running: running('scan') }));
    left.monitor.emit('suspend');
    left.current.work = undefined;
    left.monitor.emit('resume');
    expect(left.called()).toEqual([1, 0, 0, 0]);
  });

  it('survives that it can’t go on', () => {
    const { work, monitor } = guarded(workState({ running: running('scan') }));
    work.scan.mockImplementation(() => {
      throw new Error('no folders');
    });
    monitor.emit('suspend');
    expect(() => monitor.emit('resume')).not.toThrow();
  });
});
