import {
  type DeviceProspect,
  type DeviceReport,
  type DeviceSettings,
  type DeviceVerdict,
  defaultDeviceSettings,
  PROVIDER_NAMES,
} from '../../../shared/device.ts';
import type { InstalledModel } from '../../../shared/installed-model.ts';
import type { MusicgenModel } from '../../../shared/musicgen-model.ts';
import type { EmbeddingOrigin } from '../../../shared/prediction.ts';
import { choose } from '../../onnx/choose.ts';
import { synthesisedClip } from '../../onnx/clip.ts';
import type { Candidate, Engine } from '../../onnx/engine.ts';
import { type Machine, thisMachine } from '../../onnx/machine.ts';
import { RecoveringEngine } from '../../onnx/recovering.ts';
import { largeNetOpener } from '../../onnx/session.ts';
import { allFinite } from '../../onnx/similarity.ts';
import { fileVerdicts, memoryVerdicts, type VerdictStore } from '../../onnx/verdicts.ts';
import type { PreparedWindow } from '../../prepared-window.ts';
import type { LargeNet } from '../representation.ts';
import { type Candidates, candidatesFor, decodersOf } from './candidates.ts';
import { type MusicgenInput, MusicgenNet, type MusicgenStates } from './net.ts';
import { meanStates, splitWindow } from './windows.ts';

type MusicgenEngine = Engine<MusicgenInput, MusicgenStates>;

/** Opens a model's net for a candidate; tests open what fails. */
export type EngineOpener = (candidate: Candidate) => Promise<MusicgenEngine>;

export interface MusicgenHostOptions {
  readonly settings?: DeviceSettings | undefined;
  /** Threads on the processor. */
  readonly threads: number;
  readonly machine?: () => Promise<Machine>;
  readonly open?: EngineOpener;
}

/** An installed MusicGen in this process: which device it is on, and the states of windows. */
export class MusicgenHost implements LargeNet {
  readonly #installed: InstalledModel;
  readonly #model: MusicgenModel;
  readonly #settings: DeviceSettings;
  readonly #machine: () => Promise<Machine>;
  readonly #open: EngineOpener;
  #engine: Promise<RecoveringEngine<MusicgenInput, MusicgenStates>> | undefined;
  #started: RecoveringEngine<MusicgenInput, MusicgenStates> | undefined;
  #considered: readonly DeviceVerdict[] = [];
  #reason = '';

  constructor(installed: InstalledModel, model: MusicgenModel, options: MusicgenHostOptions) {
    this.#installed = installed;
    this.#model = model;
    this.#settings = options.settings ?? defaultDeviceSettings;
    this.#machine = options.machine ?? thisMachine;
    const open = largeNetOpener(options.threads);
    this.#open =
      options.open ??
      (async ({ provider, precision }) =>
        new MusicgenNet({
          model,
          folder: installed.folder,
          provider,
          decoders: decodersOf(model, provider, precision),
          open,
          threads: options.threads,
        }));
  }

  /** The arithmetic behind what was computed last. */
  get origin(): EmbeddingOrigin | undefined {
    if (!this.#started) return undefined;
    const { precision, provider } = this.#started.candidate;
    return { precision, provider };
  }

  report(): DeviceReport {
    const model = this.#installed.id;
    if (!this.#started) return { model, inUse: null, considered: this.#considered };
    const { candidate, batch, events } = this.#started;
    const { provider, device, precision } = candidate;
    const reason = [this.#reason, ...events].join('; ');
    return { model, inUse: { provider, device, precision, batch, reason }, considered: this.#considered };
  }

  async outlook(): Promise<readonly DeviceProspect[]> {
    const { candidates, leftOut } = await this.#candidates();
    const verdicts = this.#verdicts();
    return [
      ...leftOut.map((verdict) => ({ ...verdict, tried: true })),
      ...candidates.map(({ key, provider, device, precision }) => {
        const stored = verdicts.get(key);
        const accepted = stored?.state === 'accepted';
        const tried = accepted || stored?.state === 'refused';
        return { provider, device, precision, accepted, tried, reason: stored?.reason ?? '' };
      }),
    ];
  }

  async batch(): Promise<number> {
    return (await this.#running()).batch;
  }

  async prepare(windows: readonly PreparedWindow[]): Promise<void> {
    const groups = Map.groupBy(windows, (window) => this.#depth(window, 0));
    for (const [depth, group] of groups) {
      const parts = group.map((window) => this.#parts(window));
      const inputs = parts.flat().map((samples) => ({ samples, depth }));
      const answers = await (await this.#running()).run(inputs);
      let next = 0;
      for (const [i, window] of group.entries()) {
        const mine = answers.slice(next, next + parts[i]!.length);
        next += mine.length;
        const states = meanStates(
          mine,
          parts[i]!.map(({ length }) => length),
        );
        window.memo(this.#memoName(depth), () => Promise.resolve(states));
      }
    }
  }

  /** The mean of one layer's states over a window. A window's layers come out of one run. */
  async state(window: PreparedWindow, layer: number): Promise<Float32Array> {
    const depth = this.#depth(window, layer);
    const states = await window.memo(this.#memoName(depth), async () => {
      const parts = this.#parts(window);
      const engine = await this.#running();
      const answers = await engine.run(parts.map((samples) => ({ samples, depth })));
      return meanStates(
        answers,
        parts.map(({ length }) => length),
      );
    });
    return states[layer]!;
  }

  #parts(window: PreparedWindow): Float32Array[] {
    return splitWindow(window.pcm(this.#model.audio.sampleRate), this.#model);
  }

  #memoName(depth: number): string {
    return `musicgen:${this.#installed.id}:${depth}`;
  }

  /** The highest layer of ours that will be asked of a window. */
  #depth(window: PreparedWindow, layer: number): number {
    const { id } = this.#installed;
    let depth = layer;
    for (const wanted of window.wanted) {
      if (wanted === id) depth = Math.max(depth, this.#model.defaultState);
      if (wanted.startsWith(`${id}:`)) depth = Math.max(depth, Number(wanted.slice(id.length + 1)));
    }
    return depth;
  }

  async #candidates(): Promise<Candidates> {
    const { id, version, digest } = this.#installed;
    return candidatesFor(id, `${version} ${digest}`, this.#model, this.#settings, await this.#machine());
  }

  #verdicts(): VerdictStore {
    const { remember } = this.#settings;
    return remember === undefined ? memoryVerdicts() : fileVerdicts(remember);
  }

  #running(): Promise<RecoveringEngine<MusicgenInput, MusicgenStates>> {
    if (!this.#engine) {
      this.#engine = this.#start();
      // A failure is not kept: there may be more memory for the next track.
      this.#engine.catch(() => {
        this.#engine = undefined;
      });
    }
    return this.#engine;
  }

  async #start(): Promise<RecoveringEngine<MusicgenInput, MusicgenStates>> {
    const { audio, defaultState } = this.#model;
    const settings = this.#settings;
    const { reference, candidates, leftOut } = await this.#candidates();
    const seconds = (audio.maximumFrames * audio.hop) / audio.sampleRate;
    const clip = (length: number): MusicgenInput => ({
      samples: synthesisedClip(audio.sampleRate, length),
      depth: defaultState,
    });
    const chosen = await choose<MusicgenInput, MusicgenStates>({
      candidates,
      reference,
      open: this.#open,
      probe: () => clip(seconds),
      quickProbe: () => clip(Math.min(1, seconds)),
      vectors: (states) => states,
      verdicts: this.#verdicts(),
      mustBeFaster: settings.device === 'auto' && settings.precision === 'auto',
    });
    this.#considered = [...leftOut, ...chosen.considered];
    // Who misses the graphics card is told what is wrong with it, tried or not.
    const missed = this.#considered.filter((verdict) =>
      chosen.candidate === reference
        ? leftOut.includes(verdict)
        : !verdict.accepted && verdict.provider === settings.device && verdict.provider !== 'cpu',
    );
    this.#reason = [
      ...missed.map(({ provider, reason }) => `${PROVIDER_NAMES[provider]}: ${reason}`),
      chosen.reason,
    ].join('; ');
    this.#started = new RecoveringEngine(chosen, {
      reference,
      open: this.#open,
      sound: (states) => states.every(allFinite),
    });
    return this.#started;
  }
}
