import { describe, expect, it } from 'vitest';
import type { Candidate, Engine } from '../../../src/analyser/onnx/engine.ts';
import { RecoveringEngine } from '../../../src/analyser/onnx/recovering.ts';

const gpu: Candidate = { provider: 'cuda', precision: 'fp16', device: 'NVIDIA X', key: 'gpu', batch: 8 };
const cpu: Candidate = { provider: 'cpu', precision: 'fp32', device: 'AMD Y', key: 'cpu', batch: 1 };

// As CUDA, Direct3D 12 and Dawn word it.
const outOfMemory =
  'Non-zero status code returned while running Softmax node. Status Message: CUDA failure 2: out of memory ; GPU=0';
const lost = 'DXGI_ERROR_DEVICE_REMOVED: 887A0005 The GPU device instance has been suspended.';

/** An engine that doubles, unless `fail` says what goes wrong with a batch. */
function engine(
  fail: (inputs: readonly number[]) => string | undefined,
): Engine<number, number> & { closed: boolean } {
  const made = {
    closed: false,
    async run(inputs: readonly number[]) {
      const message = fail(inputs);
      if (message) throw new Error(message);
      return inputs.map((x) => 2 * x);
    },
    async close() {
      made.closed = true;
    },
  };
  return made;
}

function setUp(
  onGpu: (inputs: readonly number[]) => string | undefined,
  reopened: (inputs: readonly number[]) => string | undefined = onGpu,
  onCpu: (inputs: readonly number[]) => string | undefined = () => undefined,
) {
  const opened: Candidate[] = [];
  const first = engine(onGpu);
  const recovering = new RecoveringEngine<number, number>(
    { candidate: gpu, engine: first },
    {
      reference: cpu,
      async open(candidate) {
        opened.push(candidate);
        return engine(candidate === cpu ? onCpu : reopened);
      },
      sound: Number.isFinite,
    },
  );
  return { recovering, opened, first };
}

const inputs = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
const doubled = inputs.map((x) => 2 * x);

describe('RecoveringEngine', () => {
  it('cuts what comes in batches', async () => {
    const sizes: number[] = [];
    const { recovering } = setUp((batch) => void sizes.push(batch.length));
    expect(await recovering.run(inputs)).toEqual(doubled);
    expect(sizes).toEqual([8, 2]);
    expect(recovering.events).toEqual([]);
  });

  it('takes smaller batches when memory is short, and keeps to them', async () => {
    const { recovering, opened } = setUp((batch) => (batch.length > 3 ? outOfMemory : undefined));
    expect(await recovering.run(inputs)).toEqual(doubled);
    expect(recovering.batch).toBe(2);
    expect(recovering.candidate).toBe(gpu);
    expect(opened).toEqual([]);
    expect(recovering.events).toHaveLength(2);
    expect(recovering.events[0]).toMatch(
      /^NVIDIA X \(fp16\) failed: .*out of memory.*; 4 at a time from here on$/,
    );
  });

  it('goes to the processor when one at a time is too much', async () => {
    const { recovering, first } = setUp(() => outOfMemory);
    expect(await recovering.run(inputs)).toEqual(doubled);
    expect(recovering.candidate).toBe(cpu);
    expect(recovering.batch).toBe(1);
    expect(first.closed).toBe(true);
    expect(recovering.events.at(-1)).toMatch(/the processor goes on$/);
  });

  it('opens a lost device once more', async () => {
    let calls = 0;
    const { recovering, opened } = setUp(
      () => (++calls === 2 ? lost : undefined),
      () => undefined,
    );
    expect(await recovering.run(inputs)).toEqual(doubled);
    expect(opened).toEqual([gpu]);
    expect(recovering.candidate).toBe(gpu);
    expect(recovering.batch).toBe(8);
  });

  it('goes to the processor when the device is lost twice, or can not be opened', async () => {
    const twice = setUp(() => lost);
    expect(await twice.recovering.run(inputs)).toEqual(doubled);
    expect(twice.opened).toEqual([gpu, cpu]);
    const gone = new RecoveringEngine<number, number>(
      { candidate: gpu, engine: engine(() => lost) },
      {
        reference: cpu,
        async open(candidate) {
          if (candidate === gpu) throw new Error('no adapter');
          return engine(() => undefined);
        },
        sound: Number.isFinite,
      },
    );
    expect(await gone.run(inputs)).toEqual(doubled);
    expect(gone.candidate).toBe(cpu);
  });

  it('does not take what is no number for an answer', async () => {
    const bad: Engine<number, number> = {
      run: async (xs) => xs.map(() => Number.NaN),
      close: async () => {},
    };
    const recovery = { reference: cpu, open: async () => engine(() => undefined), sound: Number.isFinite };
    const recovering = new RecoveringEngine({ candidate: gpu, engine: bad }, recovery);
    expect(await recovering.run([4])).toEqual([8]);
    expect(recovering.events[0]).toContain('not a number');
    const onCpu = new RecoveringEngine({ candidate: cpu, engine: bad }, recovery);
    await expect(onCpu.run([4])).rejects.toMatchObject({ code: 'not-finite' });
  });

  it('says what to do when the processor runs out of memory, and is ready for the next', async () => {
    let full = true;
    const { recovering } = setUp(
      () => 'broken',
      undefined,
      () => (full ? 'std::bad_alloc' : undefined),
    );
    await expect(recovering.run([1])).rejects.toMatchObject({
      code: 'out-of-memory',
      message: expect.stringContaining('Close other programs'),
    });
    full = false;
    expect(await recovering.run([1])).toEqual([2]);
  });

  it('runs one call at a time: sessions of some providers crash otherwise', async () => {
    let running = 0;
    let most = 0;
    const slow: Engine<number, number> = {
      async run(xs) {
        most = Math.max(most, ++running);
        await new Promise((resolve) => setTimeout(resolve, 2));
        running--;
        return [...xs];
      },
      close: async () => {},
    };
    const recovery = { reference: cpu, open: async () => slow, sound: () => true };
    const recovering = new RecoveringEngine({ candidate: gpu, engine: slow }, recovery);
    await Promise.all([recovering.run([1]), recovering.run([2]), recovering.run([3])]);
    expect(most).toBe(1);
  });
});
