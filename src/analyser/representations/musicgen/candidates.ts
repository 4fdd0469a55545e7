import { totalmem } from 'node:os';
import {
  type DeviceSettings,
  type DeviceVerdict,
  PROVIDERS,
  type Precision,
  type Provider,
} from '../../../shared/device.ts';
import type { MusicgenDecoder, MusicgenModel } from '../../../shared/musicgen-model.ts';
import { RULES_VERSION } from '../../onnx/choose.ts';
import type { Device } from '../../onnx/devices.ts';
import type { Candidate } from '../../onnx/engine.ts';
import type { Machine } from '../../onnx/machine.ts';

export type { Machine };

/** Which graphs suit a provider, the best first; see `operators` in `musicgen-model.ts`. */
const OPERATORS: Readonly<Record<Provider, readonly MusicgenDecoder['operators'][]>> = {
  cpu: [...(process.arch === 'x64' ? (['ort-x64'] as const) : []), 'ort-cpu', 'standard'],
  cuda: ['ort-cuda', 'standard'],
  dml: ['standard'],
  coreml: ['standard'],
  webgpu: ['standard'],
};

/** Precisions to try, best first. The processor's fp32 is the yardstick and needs no trial. */
const PRECISIONS: Readonly<Record<Provider, readonly Precision[]>> = {
  cpu: ['int8'],
  cuda: ['fp16', 'fp32'],
  dml: ['fp16', 'fp32'],
  coreml: ['fp16', 'fp32'],
  webgpu: ['fp16', 'fp32'],
};

/** Of this machine's memory, how much a copy of the weights may take; the others are mapped from their file. */
const COPY = 1 / 4;

/**
 * The decoders of a precision for a provider, the shallowest first; one of a depth.
 * @param memory bytes of this machine
 */
export function decodersOf(
  model: MusicgenModel,
  provider: Provider,
  precision: Precision,
  memory = totalmem(),
): MusicgenDecoder[] {
  const { hidden, feedForward } = model.network;
  const affordable = ({ operators, depth }: MusicgenDecoder) =>
    operators !== 'ort-x64' || 4 * depth * hidden * (4 * hidden + 2 * feedForward) <= COPY * memory;
  const suitable = model.decoders
    .filter((decoder) => decoder.precision === precision && OPERATORS[provider].includes(decoder.operators))
    .filter(affordable)
    .sort((a, b) => OPERATORS[provider].indexOf(a.operators) - OPERATORS[provider].indexOf(b.operators));
  const byDepth = new Map<number, MusicgenDecoder>();
  for (const decoder of suitable) if (!byDepth.has(decoder.depth)) byDepth.set(decoder.depth, decoder);
  return [...byDepth.values()].sort((a, b) => a.depth - b.depth);
}

/** Bytes that one window takes up while it goes through the net, about: the largest tensor, and all at once. */
export function windowBytes({ audio, network }: MusicgenModel): { largest: number; together: number } {
  const tokens = audio.maximumFrames + network.codebooks;
  // Attention is cut in pieces by query (eight of them in a window), see the recipe.
  const scores = (network.heads * tokens * tokens) / 8;
  const wide = tokens * network.feedForward;
  const row = tokens * network.hidden;
  return { largest: 4 * Math.max(scores, wide), together: 4 * (2 * scores + 2 * wide + 8 * row) };
}

/** Tensors over this came out wrong or crashed on WebGPU (FACTS §3). */
const WEBGPU_TENSOR = 128 * 2 ** 20;
/** Where the system does not say how much memory is free, no more than this at once. */
const CAUTIOUS = 2;
const MOST = 8;

/** Windows at once: what fits in half of the free memory. On the processor more than one gains nothing. */
export function batchFor(provider: Provider, device: Device, model: MusicgenModel): number {
  if (provider === 'cpu') return 1;
  const { largest, together } = windowBytes(model);
  const fits = device.freeBytes === undefined ? CAUTIOUS : Math.floor(device.freeBytes / 2 / together);
  const allowed = provider === 'webgpu' ? Math.floor(WEBGPU_TENSOR / largest) : MOST;
  return Math.max(1, Math.min(fits, allowed, MOST));
}

/** What may be tried, and what is left out from the start. */
export interface Candidates {
  readonly reference: Candidate;
  readonly candidates: readonly Candidate[];
  readonly leftOut: readonly DeviceVerdict[];
}

/**
 * Every way to run a model on a machine that the user's settings allow, best first. Whoever names a device that is not
 * there, or does not pass, gets the best of the processor.
 * @param contents tells this version of the model, with its weights, from any other
 */
export function candidatesFor(
  id: string,
  contents: string,
  model: MusicgenModel,
  settings: DeviceSettings,
  machine: Machine,
): Candidates {
  const candidate = (provider: Provider, precision: Precision, device: Device): Candidate => ({
    provider,
    precision,
    device: device.name,
    key: [RULES_VERSION, id, contents, provider, precision, device.name, device.driver, machine.runtime].join(
      '|',
    ),
    batch: batchFor(provider, device, model),
  });
  const reference = candidate('cpu', 'fp32', machine.processor);
  const candidates: Candidate[] = [];
  const leftOut: DeviceVerdict[] = [];
  const allowed = PROVIDERS.filter(
    (provider) => settings.device === 'auto' || settings.device === provider || provider === 'cpu',
  );
  for (const provider of allowed) {
    const there = machine.others.find((other) => other.provider === provider);
    const device = provider === 'cpu' ? machine.processor : there?.device;
    const missing =
      provider === 'cpu'
        ? undefined
        : !there
          ? 'this build of ONNX Runtime does not have it'
          : (there.missing ?? (device ? undefined : 'no such device is to be seen'));
    if (missing !== undefined || !device) {
      // What no one asked for and this system never has is not worth a word.
      if (there || settings.device === provider) {
        const name = device?.name ?? '';
        leftOut.push({ provider, device: name, precision: 'fp32', accepted: false, reason: missing ?? '' });
      }
      continue;
    }
    for (const precision of PRECISIONS[provider]) {
      if (settings.precision !== 'auto' && settings.precision !== precision) continue;
      if (decodersOf(model, provider, precision).length > 0)
        candidates.push(candidate(provider, precision, device));
    }
  }
  return { reference, candidates, leftOut };
}
