/** Numbers of one bucket of a waveform, each a plane of bytes of its own. */
export const PEAK_PLANES = ['low', 'high', 'rms', 'bass', 'middle', 'treble'] as const;

/** Format and content of waveforms: kept ones of another version are made anew. */
export const PEAKS_VERSION = 1;

/** The shape of a track's sound, drawn without decoding it. */
export interface Peaks {
  /** Seconds, as decoded. */
  readonly seconds: number;
  /** How many stretches of the same length the track is cut in; at least 4096, unless it is shorter than that. */
  readonly buckets: number;
  /**
   * One plane of `buckets` bytes after the other, see `PEAK_PLANES`. `low` and `high`: the lowest and the highest
   * sample, 0…255 for −1…1 (128 is silence). The others: root mean square of all of it and of three bands,
   * `255·√value`, for the ear makes much of little.
   */
  readonly planes: Uint8Array;
  /** Integrated loudness (ITU-R BS.1770-5) in LUFS, as heard on two loudspeakers; null where all is silence. */
  readonly loudness: number | null;
  /** The largest sample, 1 is full scale. */
  readonly peak: number;
}

/** A file that is decoded for a player: 16-bit samples of two channels. */
export interface PcmInfo {
  /** Hz. */
  readonly sampleRate: number;
  /** Pairs of samples; what the container says of its length. */
  readonly frames: number;
}

/** Code of the error of a process that knows no such reader: it is another than the one that opened it. */
export const NOT_OPEN = 'not-open';

/** Calls that the process for listening answers. Files are told apart by a number that the caller gives. */
export interface ListeningCalls {
  /** Measures a whole file; ends early, with code `closed`, when it is cancelled. @param path in our escaped form */
  peaks(path: string): Promise<Peaks>;
  /** Opens a file to be decoded piece by piece. */
  open(reader: number, path: string): Promise<PcmInfo>;
  /** Little-endian samples of `frames` frames from `from` on; silence where the file has no more. */
  read(reader: number, from: number, frames: number): Promise<Uint8Array>;
  /** Closes a file; nothing where it is closed. */
  close(reader: number): Promise<void>;
}
