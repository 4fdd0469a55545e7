import type { TrackRow } from '../../shared/contract/index.ts';
import type { Client } from '../lib/connect.ts';
import { Deck, SupersededError } from '../lib/deck.ts';
import { matchingGain, sliderGain } from '../lib/volume.ts';
import type { Waveform } from '../lib/waveform.ts';
import { whyNot } from '../lib/why-not.ts';
import { t } from '../strings/index.ts';
import { Waveforms } from './waveforms.svelte.ts';

/** A jump by key, in seconds. */
export const JUMP = 5;
/** Nearer to the end than this, a track is over: going on there would be a click and silence. */
const END = 0.05;

/** Where to begin. */
export interface Cue {
  readonly id: number;
  /** Seconds. */
  readonly at: number;
}

export interface PlayerOptions {
  /** Place of the slider, 0…1. */
  readonly volume: number;
  /** All tracks are equally loud. */
  readonly matched: boolean;
  /** While it plays, the track that is chosen is the one that is heard. */
  readonly follow: boolean;
}

/** Seconds in which the volume goes where it is to be. */
const FADE = 0.25;

/**
 * Plays tracks of the library: one at a time, the next one ready beside it, so that stepping from row to row leaves no
 * gap. It lets go of a file that is to be written to, and goes on where it was.
 */
export class Player {
  readonly #client: Client;
  /** The file that is played, or was last; null where there is none. */
  id: number | null = $state(null);
  playing = $state(false);
  /** It is to be played and does not sound yet. */
  waiting = $state(false);
  /** Seconds. */
  position = $state(0);
  /** Seconds; 0 where it is not known yet. */
  duration = $state(0);
  /** What a list shows of the track. */
  track: TrackRow | null = $state.raw(null);
  /** Why it can't be heard. */
  problem: string | null = $state(null);
  /** How it plays: kept with the library. */
  options: PlayerOptions = $state.raw({ volume: 1, matched: true, follow: true });
  /** Stores them. */
  keep: (options: PlayerOptions) => void = () => {};
  /** What comes before or behind a track where it was begun; undefined at an end. */
  neighbour: (id: number, step: 1 | -1) => Promise<Cue | undefined> = async () => undefined;
  /** When a track is over, the next one follows. */
  goesOn = true;
  readonly #waveforms: Waveforms;
  /** That of the track, once it is there. */
  readonly waveform: Waveform | undefined = $derived.by(() => this.#waveforms.of(this.id));
  readonly waveformFailed: boolean = $derived.by(() => this.#waveforms.failed(this.id));
  #on: Deck;
  #off: Deck;
  #asked = 0;
  #drawing = 0;
  #keeping: ReturnType<typeof setTimeout> | undefined;
  /** Files that are being written to. */
  #held: ReadonlySet<number> = new Set();
  /** It was playing when it broke off. */
  #interrupted = false;
  /** Where the last attempt to go on after an error began. */
  #failedAt = -1;

  constructor(client: Client) {
    this.#client = client;
    this.#waveforms = new Waveforms(client);
    [this.#on, this.#off] = [this.#deck(), this.#deck()];
  }

  /**
   * Plays a file.
   * @param at seconds from its start; default: its start, or where it was left if it is the one that is in the player
   */
  async play(id: number, at?: number): Promise<void> {
    this.#failedAt = -1;
    this.#interrupted = false;
    await this.#play(id, at, true);
  }

  /** Pauses, or goes on. */
  toggle(): void {
    if (this.id === null) return;
    if (!this.sounding) void this.play(this.id, this.#isOver ? 0 : undefined);
    else {
      this.#asked++;
      this.#interrupted = false;
      this.playing = false;
      this.waiting = false;
      this.#on.audio.pause();
    }
  }

  /** It plays, or is about to. */
  get sounding(): boolean {
    return this.playing || this.waiting;
  }

  /** The waveform of any file, where it is at hand. */
  waveformOf(id: number): Waveform | undefined {
    return this.#waveforms.of(id);
  }

  /** Fetches anew what is shown of the track: it may have been edited. */
  refresh(): void {
    if (this.id !== null) void this.#describe(this.id);
  }

  /** Ends playing and closes the file. */
  stop(): void {
    this.#asked++;
    this.#interrupted = false;
    this.#on.clear();
    this.#off.clear();
    this.id = null;
    this.track = null;
    this.playing = false;
    this.waiting = false;
    this.problem = null;
    this.position = 0;
    this.duration = 0;
  }

  /** Goes to a place, in seconds. */
  seek(seconds: number): void {
    if (this.id === null) return;
    const end = this.duration > 0 ? this.duration : Number.POSITIVE_INFINITY;
    const at = Math.max(0, Math.min(seconds, end));
    this.position = at;
    if (this.#on.id === this.id) this.#on.audio.currentTime = at;
  }

  /** Plays the next track, or the one before. Returns whether there is one. */
  async step(step: 1 | -1): Promise<boolean> {
    if (this.id === null) return false;
    const next = await this.neighbour(this.id, step);
    if (next === undefined) return false;
    await this.play(next.id, next.at);
    return true;
  }

  /** Sets how it plays. */
  set(change: Partial<PlayerOptions>): void {
    this.options = { ...this.options, ...change };
    clearTimeout(this.#keeping);
    this.#keeping = setTimeout(() => this.keep(this.options), 400);
    this.#on.audio.volume = this.#gain(this.id);
  }

  /** Has what another player had, paused where it was, and closes that one: its connection is gone. */
  takeOver(lost: Player): void {
    this.options = lost.options;
    this.id = lost.id;
    this.track = lost.track;
    this.position = lost.position;
    this.duration = lost.duration;
    lost.stop();
  }

  /** Follows what is written to, until the connection or `signal` ends. */
  async watch(signal: AbortSignal): Promise<void> {
    for await (const files of await this.#client.media.watch(undefined, { signal })) {
      this.#held = new Set(files.filter(({ held }) => held).map(({ id }) => id));
      for (const { id, held, writes } of files) {
        if (held) continue;
        this.#waveforms.again(id);
        if (this.#off.id === id && this.#off.writes < writes) this.#off.clear();
        if (this.id === id && this.#on.id === id && this.#on.writes < writes)
          await this.#play(id, this.position, this.sounding || this.#interrupted, true);
      }
    }
  }

  get #isOver(): boolean {
    return this.duration > 0 && this.position >= this.duration - END;
  }

  /** @param anew opens the file again even where it is open */
  async #play(id: number, at: number | undefined, sound: boolean, anew = false): Promise<void> {
    const mine = ++this.#asked;
    const isSame = id === this.id;
    this.problem = null;
    this.waiting = sound;
    const from = at ?? (isSame ? this.position : 0);
    this.position = from;
    if (!isSame) {
      this.id = id;
      this.track = null;
      this.duration = 0;
      void this.#describe(id);
    }
    void this.#waveforms.want(id);
    try {
      if (!anew && this.#on.id === id && this.#on.ready) {
        if (at !== undefined) this.#on.audio.currentTime = at;
        this.duration = length(this.#on.audio);
        await this.#sound(this.#on, sound);
      } else {
        const deck = this.#off;
        await deck.load(id, from);
        if (mine !== this.#asked) return;
        [this.#on, this.#off] = [deck, this.#on];
        this.duration = length(deck.audio);
        await this.#sound(deck, sound);
        this.#off.clear();
      }
      if (mine === this.#asked && sound) void this.#prepare();
    } catch (error) {
      if (mine !== this.#asked || error instanceof SupersededError) return;
      this.playing = false;
      this.#off.clear();
      this.waiting = this.#held.has(id) && (sound || this.#interrupted);
      this.#interrupted = this.waiting;
      if (this.waiting) return;
      this.problem = whyNot(error);
    }
  }

  async #sound(deck: Deck, sound: boolean): Promise<void> {
    deck.audio.volume = this.#gain(deck.id);
    if (!sound) return;
    await deck.audio.play();
    this.waiting = false;
    this.playing = true;
    this.#interrupted = false;
    this.#follow();
  }

  /** Gets the track ready that comes next. */
  async #prepare(): Promise<void> {
    const mine = this.#asked;
    const next = this.id === null ? undefined : await this.neighbour(this.id, 1);
    if (next === undefined || mine !== this.#asked || this.id === null) return;
    void this.#waveforms.want(this.id, next.id);
    const deck = this.#off;
    // What fails now is tried again when it is wanted, and told of then.
    if (next.id !== deck.id)
      await deck.load(next.id, next.at).catch(() => next.id === deck.id && deck.clear());
  }

  /** How loud a file is to play. */
  #gain(id: number | null): number {
    const { volume, matched } = this.options;
    return sliderGain(volume) * (matched ? matchingGain(this.#waveforms.of(id)?.loudness) : 1);
  }

  async #describe(id: number): Promise<void> {
    const [row] = await this.#client.tracks.rows({ ids: [id] }).catch(() => []);
    if (this.id === id) this.track = row ?? null;
  }

  #deck(): Deck {
    const deck = new Deck(this.#client);
    const { audio } = deck;
    const isOn = () => deck === this.#on && deck.id === this.id;
    audio.addEventListener('durationchange', () => {
      if (isOn()) this.duration = length(audio);
    });
    audio.addEventListener('ended', () => {
      if (isOn()) void this.#ended();
    });
    audio.addEventListener('error', () => {
      if (isOn() && deck.ready) void this.#failed(deck);
    });
    return deck;
  }

  async #ended(): Promise<void> {
    this.position = this.duration;
    if (this.goesOn && (await this.step(1))) return;
    this.playing = false;
  }

  /** The sound broke off: the address is void, or the file is another by now. It is opened again, once. */
  async #failed(deck: Deck): Promise<void> {
    const { id, position } = this;
    if (id === null) return;
    deck.ready = false;
    this.#interrupted ||= this.sounding;
    if (this.#held.has(id)) {
      // Its end is told, and then it goes on.
      this.playing = false;
      this.waiting = this.#interrupted;
      return;
    }
    if (this.#failedAt === position) {
      this.playing = false;
      this.problem = t.player.brokenOff;
      return;
    }
    this.#failedAt = position;
    await this.#play(id, position, this.sounding, true);
  }

  /** Follows the sound with the position, at each frame that is drawn. */
  #follow(): void {
    cancelAnimationFrame(this.#drawing);
    let before = performance.now();
    const draw = () => {
      if (!this.playing || this.#on.id !== this.id) return;
      const { audio } = this.#on;
      if (!audio.seeking) this.position = audio.currentTime;
      // Its loudness may become known while it plays: no jump then.
      const now = performance.now();
      const most = (now - before) / 1000 / FADE;
      before = now;
      const away = this.#gain(this.id) - audio.volume;
      if (away !== 0) audio.volume += Math.sign(away) * Math.min(most, Math.abs(away));
      this.#drawing = requestAnimationFrame(draw);
    };
    draw();
  }
}

const length = ({ duration }: HTMLAudioElement): number => (Number.isFinite(duration) ? duration : 0);
