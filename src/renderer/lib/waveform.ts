import type { PeaksAnswer } from '../../shared/contract/media.ts';
import { PEAK_PLANES } from '../../shared/listening.ts';

/** A track's shape, with a byte per bucket for each of what `Peaks` has. */
export type Waveform = Omit<PeaksAnswer, 'planes'> &
  Readonly<Record<(typeof PEAK_PLANES)[number], Uint8Array>>;

export function waveformOf({ planes, ...rest }: PeaksAnswer): Waveform {
  const bytes = Uint8Array.fromBase64(planes);
  const plane = (name: (typeof PEAK_PLANES)[number]): Uint8Array => {
    const at = PEAK_PLANES.indexOf(name) * rest.buckets;
    return bytes.subarray(at, at + rest.buckets);
  };
  const [low, high, rms] = [plane('low'), plane('high'), plane('rms')];
  return { ...rest, low, high, rms, bass: plane('bass'), middle: plane('middle'), treble: plane('treble') };
}

/** One column of pixels. */
export interface WaveColumn {
  /** −1…1 */
  readonly low: number;
  readonly high: number;
  /** 0…1 */
  readonly rms: number;
  /** Where its sound lies: 0 all bass, 1 all treble. */
  readonly tone: number;
}

const powerOf = (byte: number): number => (byte / 255) ** 4;

/**
 * The shape in columns of pixels: each stands for its share of the track and shows the extremes in it.
 * @param seconds the length that the columns stand for; the shape may be a little shorter or longer
 */
export function waveColumns(waveform: Waveform, columns: number, seconds: number): WaveColumn[] {
  const perColumn = (waveform.buckets * seconds) / (waveform.seconds || 1) / columns;
  return Array.from({ length: columns }, (_, column) => {
    const first = Math.min(waveform.buckets - 1, Math.floor(column * perColumn));
    const end = Math.min(waveform.buckets, Math.max(first + 1, Math.floor((column + 1) * perColumn)));
    let [low, high, power, bass, middle, treble] = [255, 0, 0, 0, 0, 0];
    // Behind the end of what was measured there is nothing.
    const from = column * perColumn < waveform.buckets ? first : end;
    for (let i = from; i < end; i++) {
      low = Math.min(low, waveform.low[i]!);
      high = Math.max(high, waveform.high[i]!);
      power += powerOf(waveform.rms[i]!);
      bass += powerOf(waveform.bass[i]!);
      middle += powerOf(waveform.middle[i]!);
      treble += powerOf(waveform.treble[i]!);
    }
    if (from >= end) return { low: 0, high: 0, rms: 0, tone: 0 };
    // Treble has little power and much presence.
    const [b, m, h] = [Math.sqrt(bass), 1.4 * Math.sqrt(middle), 3 * Math.sqrt(treble)];
    return {
      low: (low - 128) / 127,
      high: (high - 128) / 127,
      rms: Math.sqrt(power / (end - from)),
      tone: b + m + h > 0 ? (0.5 * m + h) / (b + m + h) : 0,
    };
  });
}

/** Colours between which a column's lies, from bass to treble; any that CSS knows. */
export type WaveColours = readonly [bass: string, middle: string, treble: string];

const SHADES = 24;

/**
 * Draws a shape: its extremes pale, its power full.
 * @param width pixels of the screen, as `height`
 */
export function paintWaveform(
  context: CanvasRenderingContext2D,
  columns: readonly WaveColumn[],
  height: number,
  colours: WaveColours,
): void {
  const shades = Array.from({ length: SHADES }, (_, i) => {
    const at = (2 * i) / (SHADES - 1);
    const [from, to] = at < 1 ? [colours[0], colours[1]] : [colours[1], colours[2]];
    return `color-mix(in oklab, ${to} ${Math.round(100 * (at < 1 ? at : at - 1))}%, ${from})`;
  });
  const middle = height / 2;
  // Quiet tracks are drawn larger, up to three times, so that there is something to see.
  const peak = columns.reduce((most, { low, high }) => Math.max(most, high, -low), 0);
  const scale = (middle - 1) / Math.min(1, Math.max(0.33, peak));
  for (const [x, { low, high, rms, tone }] of columns.entries()) {
    context.fillStyle = shades[Math.min(SHADES - 1, Math.floor(tone * SHADES))]!;
    context.globalAlpha = 0.5;
    const top = Math.min(middle - 0.5, middle - high * scale);
    const bottom = Math.max(middle + 0.5, middle - low * scale);
    context.fillRect(x, top, 1, bottom - top);
    context.globalAlpha = 1;
    const power = Math.min(Math.max(high, -low), 1.25 * rms) * scale;
    context.fillRect(x, middle - power, 1, 2 * power);
  }
}
