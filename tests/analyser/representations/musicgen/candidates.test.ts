import { describe, expect, it } from 'vitest';
import {
  batchFor,
  candidatesFor,
  decodersOf,
  type Machine,
} from '../../../../src/analyser/representations/musicgen/candidates.ts';
import type { DeviceSettings } from '../../../../src/shared/device.ts';
import type { MusicgenDecoder, MusicgenModel } from '../../../../src/shared/musicgen-model.ts';

const graph = { data: [], sessionConfig: {} };
const decoder = (
  precision: MusicgenDecoder['precision'],
  operators: MusicgenDecoder['operators'],
  depth: number,
): MusicgenDecoder => ({
  ...graph,
  file: `${precision}-${operators}-${depth}.onnx`,
  precision,
  operators,
  depth,
});

/** The sizes of the small model, with the decoders that its recipe writes. */
const small: MusicgenModel = {
  format: 'cratewise-musicgen',
  formatVersion: 1,
  audio: { sampleRate: 32_000, hop: 640, maximumFrames: 1500, minimumFrames: 4 },
  network: { layers: 24, hidden: 1024, heads: 16, feedForward: 4096, codebooks: 4, codebookSize: 2048 },
  codec: {
    features: { ...graph, file: 'features.onnx', channels: 1024, pieceFrames: 100, haloFrames: 1 },
    codes: { ...graph, file: 'codes.onnx' },
  },
  decoders: [24, 12].flatMap((depth) => [
    decoder('fp32', 'standard', depth),
    ...(depth === 12 ? [decoder('fp32', 'ort-x64', depth)] : []),
    decoder('int8', 'ort-cpu', depth),
    decoder('fp16', 'standard', depth),
    decoder('fp16', 'ort-cuda', depth),
  ]),
  defaultState: 12,
};

const machine: Machine = {
  processor: { name: 'CPU', driver: '' },
  others: [
    { provider: 'cuda', device: { name: 'NVIDIA', driver: '550', freeBytes: 80e9 } },
    { provider: 'webgpu', device: { name: 'Vulkan device', driver: '' } },
  ],
  runtime: '1.30.0',
};
const settings = (device: DeviceSettings['device'], precision: DeviceSettings['precision'] = 'auto') => ({
  device,
  precision,
});
const named = (...of: Parameters<typeof candidatesFor>) =>
  candidatesFor(...of).candidates.map(({ provider, precision }) => `${provider} ${precision}`);

describe('decodersOf', () => {
  it('prefers the operators of the provider, and sorts by depth', () => {
    const files = (...of: Parameters<typeof decodersOf>) => decodersOf(...of).map(({ file }) => file);
    expect(files(small, 'cuda', 'fp16')).toEqual(['fp16-ort-cuda-12.onnx', 'fp16-ort-cuda-24.onnx']);
    expect(files(small, 'webgpu', 'fp16')).toEqual(['fp16-standard-12.onnx', 'fp16-standard-24.onnx']);
    expect(files(small, 'cpu', 'int8')).toEqual(['int8-ort-cpu-12.onnx', 'int8-ort-cpu-24.onnx']);
    expect(files(small, 'webgpu', 'int8')).toEqual([]);
    expect(files(small, 'webgpu', 'fp32')).toEqual(['fp32-standard-12.onnx', 'fp32-standard-24.onnx']);
    const best = process.arch === 'x64' ? 'ort-x64' : 'standard';
    expect(files(small, 'cpu', 'fp32', 8e9)).toEqual([`fp32-${best}-12.onnx`, 'fp32-standard-24.onnx']);
    // 604 MB of weights are not copied where that would be more than a quarter of the memory.
    expect(files(small, 'cpu', 'fp32', 2e9)).toEqual(['fp32-standard-12.onnx', 'fp32-standard-24.onnx']);
  });
});

describe('candidatesFor', () => {
  it('puts cards before the processor, and the coarser precision first', () => {
    expect(named('m', '1', small, settings('auto'), machine)).toEqual([
      ...['cuda fp16', 'cuda fp32', 'webgpu fp16', 'webgpu fp32', 'cpu int8'],
    ]);
    const { reference } = candidatesFor('m', '1', small, settings('auto'), machine);
    expect(reference).toMatchObject({ provider: 'cpu', precision: 'fp32', device: 'CPU', batch: 1 });
  });

  it('follows the user', () => {
    expect(named('m', '1', small, settings('cpu'), machine)).toEqual(['cpu int8']);
    expect(named('m', '1', small, settings('cpu', 'fp32'), machine)).toEqual([]);
    expect(named('m', '1', small, settings('webgpu', 'fp32'), machine)).toEqual(['webgpu fp32']);
    // Should it not do, the best of the processor has its turn.
    expect(named('m', '1', small, settings('webgpu'), machine)).toEqual([
      ...['webgpu fp16', 'webgpu fp32', 'cpu int8'],
    ]);
    expect(named('m', '1', small, settings('dml'), machine)).toEqual(['cpu int8']);
    expect(named('m', '1', small, settings('auto', 'fp16'), machine)).toEqual(['cuda fp16', 'webgpu fp16']);
  });

  it('tells what is left out, and why', () => {
    const { candidates, leftOut } = candidatesFor('m', '1', small, settings('auto'), {
      ...machine,
      others: [
        { provider: 'cuda', missing: 'no library', device: undefined },
        { provider: 'dml', device: undefined },
      ],
    });
    expect(candidates.map(({ provider }) => provider)).toEqual(['cpu']);
    expect(leftOut.map(({ provider, reason }) => `${provider}: ${reason}`)).toEqual([
      'cuda: no library',
      'dml: no such device is to be seen',
    ]);
    expect(candidatesFor('m', '1', small, settings('coreml'), machine).leftOut).toMatchObject([
      { provider: 'coreml', accepted: false, reason: expect.stringContaining('does not have it') },
    ]);
  });

  it('asks for a new verdict whenever anything has changed that it depends on', () => {
    const key = (...of: Parameters<typeof candidatesFor>) => candidatesFor(...of).candidates[0]!.key;
    const driver = {
      ...machine,
      others: [{ ...machine.others[0]!, device: { name: 'NVIDIA', driver: '551' } }],
    };
    const keys = [
      key('m', '1', small, settings('auto'), machine),
      key('m', '2', small, settings('auto'), machine),
      key('n', '1', small, settings('auto'), machine),
      key('m', '1', small, settings('auto'), driver),
      key('m', '1', small, settings('auto'), { ...machine, runtime: '1.31.0' }),
    ];
    expect(new Set(keys).size).toBe(keys.length);
    expect(key('m', '1', small, settings('auto'), machine)).toBe(keys[0]);
  });
});

describe('batchFor', () => {
  it('keeps within the memory that is free, and is careful where nobody knows', () => {
    const of = (freeBytes?: number) => ({ name: '', driver: '', ...(freeBytes ? { freeBytes } : {}) });
    expect(batchFor('cpu', of(80e9), small)).toBe(1);
    expect(batchFor('cuda', of(80e9), small)).toBe(8);
    expect(batchFor('cuda', of(1e9), small)).toBeGreaterThan(1);
    expect(batchFor('cuda', of(1e9), small)).toBeLessThan(8);
    expect(batchFor('cuda', of(1e8), small)).toBe(1);
    expect(batchFor('dml', of(), small)).toBe(2);
    // Five windows' feed-forward layer has 123 MB; tensors over 128 came out wrong on WebGPU.
    expect(batchFor('webgpu', of(80e9), small)).toBe(5);
  });
});
