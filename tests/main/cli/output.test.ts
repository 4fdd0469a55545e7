import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { Output } from '../../../src/main/cli/output.ts';

describe('Output.drained', () => {
  it.each(['drain', 'close'])('goes on at “%s”', async (event) => {
    const stdout = Object.assign(new EventEmitter(), { write: () => false, writableNeedDrain: true });
    const out = new Output(stdout, { write: () => true }, { json: true, quiet: true });
    let isOver = false;
    const drained = out.drained().then(() => {
      isOver = true;
    });
    await Promise.resolve();
    expect(isOver).toBe(false);
    stdout.emit(event);
    await drained;
    expect(isOver).toBe(true);
    expect(stdout.listenerCount('drain') + stdout.listenerCount('close')).toBe(0);
  });
});
