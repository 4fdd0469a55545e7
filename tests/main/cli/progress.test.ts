import { describe, expect, it } from 'vitest';
import { describeProgress, Progress } from '../../../src/main/cli/progress.ts';

describe('describeProgress', () => {
  it('shows counts, rate, time left and failures', () => {
    expect(describeProgress({ label: 'listening', done: 50, total: 200, failed: 2 }, 50, 10)).toBe(
      'listening [#####               ] 50/200 · 5.0/s · 0:30 left · 2 failed',
    );
  });

  it('claims no rate before it has seen one', () => {
    expect(describeProgress({ label: 'scanning', done: 7, total: 0 }, 0, 0)).toBe('scanning 7');
  });
});

describe('Progress', () => {
  it('redraws a line on a terminal and clears it for other text', () => {
    const written: string[] = [];
    const stream = { isTTY: true, columns: 60, write: (text: string) => written.push(text) > 0 };
    const progress = new Progress(stream, true, () => 0);
    progress.update({ label: 'scanning', done: 1, total: 2 });
    progress.above(() => void written.push('a line\n'));
    progress.clear();
    expect(written[0]).toMatch(/^\rscanning \[/);
    expect(written[1]).toBe('\r\u001b[2K');
    expect(written[2]).toBe('a line\n');
    expect(written.at(-1)).toBe('\r\u001b[2K');
  });

  it('writes nothing when switched off', () => {
    const written: string[] = [];
    const progress = new Progress({ write: (text: string) => written.push(text) > 0 }, false);
    progress.update({ label: 'scanning', done: 1, total: 2 });
    progress.clear();
    expect(written).toEqual([]);
  });
});
