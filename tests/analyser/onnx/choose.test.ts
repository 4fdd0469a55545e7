import { describe, expect, it } from 'vitest';
import { type Choosing, choose, PARITY } from '../../../src/analyser/onnx/choose.ts';
import type { Candidate, Engine } from '../../../src/analyser/onnx/engine.ts';
import { cosine } from '../../../src/analyser/onnx/similarity.ts';
import { memoryVerdicts, type VerdictStore } from '../../../src/analyser/onnx/verdicts.ts';
import type { Precision, Provider } from '../../../src/shared/device.ts';

type Answer = Float32Array;
const truth = Float32Array.from({ length: 64 }, (_, i) => Math.sin(i));
const off = (by: number) => truth.map((x, i) => x + by * Math.cos(7 * i));

/** What a device does in a test: answer, fail to open, fail to run; and how long it takes. */
interface Behaviour {
  readonly answer?: Answer;
  /** To the small input, if it is another. */
  readonly quickAnswer?: Answer;
  readonly opening?: Error;
  readonly running?: Error;
  readonly closing?: Error;
  readonly milliseconds?: number;
}

const candidate = (provider: Provider, precision: Precision = 'fp32'): Candidate => ({
  provider,
  precision,
  device: `${provider} device`,
  key: `${provider} ${precision}`,
  batch: 1,
});
const reference = candidate('cpu');

function setUp(
  behaviours: Readonly<Record<string, Behaviour>>,
  verdicts: VerdictStore = memoryVerdicts(),
  mustBeFaster = true,
) {
  const log: string[] = [];
  let clock = 0;
  const open = async ({ key }: Candidate): Promise<Engine<string, Answer>> => {
    log.push(`open ${key}`);
    const behaviour = behaviours[key] ?? { milliseconds: 60 };
    const { answer = truth, quickAnswer = answer, opening, running, closing, milliseconds = 1 } = behaviour;
    if (opening) throw opening;
    return {
      async run(inputs) {
        log.push(`run ${key} ${inputs}`);
        if (running) throw running;
        clock += milliseconds * (inputs[0] === 'clip' ? 10 : 1);
        return inputs.map((input) => (input === 'clip' ? answer : quickAnswer));
      },
      async close() {
        log.push(`close ${key}`);
        if (closing) throw closing;
      },
    };
  };
  const candidates = Object.keys(behaviours)
    .filter((key) => key !== reference.key)
    .map((key) => candidate(...(key.split(' ') as [Provider, Precision])));
  const choosing: Choosing<string, Answer> = {
    candidates,
    reference,
    open,
    probe: () => 'clip',
    quickProbe: () => 'tone',
    vectors: (answer) => [answer],
    verdicts,
    mustBeFaster,
    now: () => clock,
  };
  return { log, verdicts, choosing };
}

describe('choose', () => {
  it('takes the first device that agrees with the processor and is faster', async () => {
    const { choosing, log } = setUp({ 'cuda fp16': { answer: off(0.01) }, 'webgpu fp32': {} });
    const chosen = await choose(choosing);
    expect(chosen.candidate.key).toBe('cuda fp16');
    expect(chosen.reason).toMatch(/^cosine 0\.9999\d+, 60\.0 times as fast/);
    expect(chosen.considered).toEqual([
      { provider: 'cuda', precision: 'fp16', device: 'cuda device', accepted: true, reason: chosen.reason },
    ]);
    // What it was compared with is let go of, what was chosen is not.
    expect(log.filter((entry) => entry.startsWith('close'))).toEqual(['close cpu fp32']);
  });

  it('does not mind the rounding that shows in little input only', async () => {
    const quickAnswer = off(0.06);
    expect(cosine(quickAnswer, truth)).toBeLessThan(PARITY);
    const { choosing } = setUp({ 'cpu int8': { quickAnswer, answer: off(0.01) } });
    const chosen = await choose(choosing);
    expect(chosen.candidate.precision).toBe('int8');
    expect(chosen.reason).toMatch(/^cosine 0\.9999/);
  });

  it('spares the real input what is plainly wrong with little', async () => {
    const { choosing, log } = setUp({ 'webgpu fp32': { quickAnswer: off(2) } });
    const chosen = await choose(choosing);
    expect(chosen.candidate).toBe(reference);
    expect(chosen.considered[0]!.reason).toMatch(/cosine 0\.\d+, below 0\.9\)/);
    expect(log).not.toContain('run webgpu fp32 clip');
  });

  it.each([
    ['wrong results', { answer: off(0.1) }, /cosine 0\.99\d+, below 0\.999/],
    ['opposite results', { answer: truth.map((x) => -x) }, /cosine -1\.000/],
    ['NaN, as 16-bit sums that overflow give', { answer: truth.map(() => Number.NaN) }, /no number/],
    ['nothing but zeros', { answer: new Float32Array(64) }, /cosine NaN/],
    ['slowness', { milliseconds: 90 }, /slower than the processor \(0\.\d\d of its speed\)/],
    [
      'no adapter',
      { opening: new Error('Failed to get a WebGPU adapter: No supported adapters.\n  at WebGpuContext') },
      /^failed: Failed to get a WebGPU adapter: No supported adapters\.$/,
    ],
    [
      'too little memory',
      {
        running: new Error(
          'Non-zero status code returned while running Gemm node. Status Message: bfc_arena.cc:376 Failed to allocate memory for requested buffer of size 25165824',
        ),
      },
      /^out of memory: /,
    ],
    [
      'a lost device, which can’t be closed any more',
      {
        running: new Error('887A0005 The GPU device instance has been suspended.'),
        closing: new Error('887A0005'),
      },
      /^the device was lost: /,
    ],
  ] as [string, Behaviour, RegExp][])(
    'falls back to the processor on %s, and says why',
    async (_, behaviour, reason) => {
      const { choosing, log } = setUp({ 'webgpu fp32': behaviour });
      const chosen = await choose(choosing);
      expect(chosen.candidate).toBe(reference);
      expect(chosen.considered[0]).toMatchObject({ provider: 'webgpu', accepted: false });
      expect(chosen.considered[0]!.reason).toMatch(reason);
      expect(chosen.considered[1]).toMatchObject({ provider: 'cpu', accepted: true });
      expect(chosen.reason).toContain('WebGPU fp32: ');
      expect((await chosen.engine.run(['x']))[0]).toBe(truth);
      expect(log).not.toContain('close cpu fp32');
      if (!behaviour.opening) expect(log).toContain('close webgpu fp32');
    },
  );

  it('does not wait for a device that is emulated in software', async () => {
    const { choosing, log } = setUp({ 'webgpu fp32': { milliseconds: 300 } });
    const chosen = await choose(choosing);
    expect(chosen.considered[0]!.reason).toBe('slower than the processor (0.20 of its speed)');
    expect(log.filter((entry) => entry.endsWith('clip'))).toEqual([]);
  });

  it('takes a slow device that the user named, but no wrong one', async () => {
    const slow = setUp({ 'webgpu fp32': { milliseconds: 90 } }, memoryVerdicts(), false);
    expect((await choose(slow.choosing)).candidate.key).toBe('webgpu fp32');
    const wrong = setUp({ 'webgpu fp32': { answer: off(0.1) } }, memoryVerdicts(), false);
    expect((await choose(wrong.choosing)).candidate).toBe(reference);
  });

  it('does not repeat a trial whose outcome is known', async () => {
    const verdicts = memoryVerdicts();
    const behaviours = { 'cuda fp16': { answer: off(0.2) }, 'cuda fp32': {} };
    const first = await choose(setUp(behaviours, verdicts).choosing);
    const { choosing, log } = setUp(behaviours, verdicts);
    const second = await choose(choosing);
    expect(log).toEqual(['open cuda fp32']);
    expect(second.candidate.key).toBe('cuda fp32');
    expect(second.considered).toEqual(first.considered);
  });

  it('tries a device again that failed to open: it may be free next time', async () => {
    const verdicts = memoryVerdicts();
    const busy = { 'cuda fp32': { opening: new Error('CUDA failure 2: out of memory') } };
    for (let start = 0; start < 4; start++)
      expect((await choose(setUp(busy, verdicts).choosing)).candidate).toBe(reference);
    expect((await choose(setUp({ 'cuda fp32': {} }, verdicts).choosing)).candidate.key).toBe('cuda fp32');
  });

  it('uses a device that was right, and falls back when it fails to open today', async () => {
    const verdicts = memoryVerdicts();
    await choose(setUp({ 'cuda fp32': {} }, verdicts).choosing);
    const gone = setUp(
      { 'cuda fp32': { opening: new Error('CUDA error 100: no CUDA-capable device') } },
      verdicts,
    );
    expect((await choose(gone.choosing)).candidate).toBe(reference);
    expect((await choose(setUp({ 'cuda fp32': {} }, verdicts).choosing)).candidate.key).toBe('cuda fp32');
  });

  it('leaves a device alone whose trials took the process with them twice', async () => {
    const verdicts = memoryVerdicts();
    for (let start = 0; start < 2; start++) {
      const { choosing } = setUp({ 'dml fp32': {} }, verdicts);
      // The process ends in the middle: nothing of `choose` comes back.
      void choose({ ...choosing, open: () => new Promise<never>(() => undefined) });
    }
    const { choosing, log } = setUp({ 'dml fp32': {} }, verdicts);
    const chosen = await choose(choosing);
    expect(chosen.candidate).toBe(reference);
    expect(chosen.considered[0]!.reason).toBe('the process ended 2 times while trying it');
    expect(log).toEqual(['open cpu fp32']);
  });

  it('throws when not even the processor works', async () => {
    const { choosing } = setUp({ 'cpu fp32': { opening: new Error('no such file') } });
    await expect(choose(choosing)).rejects.toThrow('no such file');
  });
});
