import { cancelled, ModelError } from '../errors.ts';
import { type ByteSource, type OpenedFile, SourceError } from './byte-source.ts';
import type { ChunkedFile } from './chunked-file.ts';
import { Patience, type RetryPolicy } from './retry.ts';

/** Bytes of a file at the source that are wanted. */
export interface Segment {
  readonly path: string;
  readonly from: number;
  /** Behind the last byte; null for the whole rest of the file. */
  readonly to: number | null;
  /** Bytes that the whole file has to have; null where that is not known. */
  readonly size: number | null;
}

export interface TransferOptions {
  readonly source: ByteSource;
  readonly retry: RetryPolicy;
  readonly signal: AbortSignal;
  /** The source gives whole files only: all of a file is fetched for some bytes of it. */
  readonly wholeFile: boolean;
  /** Most bytes that a file of unknown size may have. */
  readonly maxBytes: number;
  /** Told of bytes that came; `expected` of the whole file, once the source has said it. */
  onBytes(count: number, expected: number | null): void;
}

/** Unwanted bytes between wanted ones that are rather fetched and dropped than jumped over by another request. */
const MAX_GAP = 256 * 1024;

/** Segments of one file that come by one request, in ascending order. */
interface Run {
  readonly segments: readonly Segment[];
  /** Offset of the first segment in the target. */
  readonly at: number;
}

/**
 * Appends the segments to the target, behind a beginning that is at hand already, and goes on where an earlier sitting
 * stopped. Broken connections are taken up again.
 * @throws SourceError, ModelError; the target keeps what came
 */
export async function transfer(
  target: ChunkedFile,
  prefix: Uint8Array,
  segments: readonly Segment[],
  options: TransferOptions,
): Promise<void> {
  if (target.position < prefix.length) await target.write(prefix.subarray(target.position));
  const gap = options.wholeFile ? Number.POSITIVE_INFINITY : MAX_GAP;
  for (const run of runsOf(segments, prefix.length, gap)) {
    const patience = new Patience(options.retry, options.signal);
    for (let done = false; !done; ) {
      if (options.signal.aborted) throw cancelled();
      try {
        done = await fetchRun(target, run, options, patience);
      } catch (error) {
        if (options.signal.aborted) throw cancelled();
        await patience.afterFailure(error);
      }
    }
  }
}

function runsOf(segments: readonly Segment[], start: number, gap: number): Run[] {
  const runs: { segments: Segment[]; at: number }[] = [];
  let at = start;
  for (const segment of segments) {
    const run = runs.at(-1);
    const last = run?.segments.at(-1);
    const near = last?.path === segment.path && last.to !== null && segment.from - last.to <= gap;
    if (run && near) run.segments.push(segment);
    else runs.push({ segments: [segment], at });
    at += segment.to === null ? 0 : segment.to - segment.from;
  }
  return runs;
}

/** What of a run is still to come, at an offset of the target. */
function pendingOf({ segments, at }: Run, position: number): Segment[] {
  let done = position - at;
  const pending: Segment[] = [];
  for (const segment of segments) {
    const length = segment.to === null ? Number.POSITIVE_INFINITY : segment.to - segment.from;
    if (done < length) pending.push({ ...segment, from: segment.from + Math.max(0, done) });
    done -= length;
  }
  return pending;
}

/** @returns whether the run is complete; it is always so unless this throws */
async function fetchRun(
  target: ChunkedFile,
  run: Run,
  options: TransferOptions,
  patience: Patience,
): Promise<true> {
  const pending = pendingOf(run, target.position);
  const [first] = pending;
  if (!first || first.from === first.size) return true;
  const { path, size, from } = first;
  const { to } = pending.at(-1) ?? first;
  const opened = await options.source.open(path, { from, to }, target.versionOf(path), options.signal);
  try {
    checkOpened(opened, first, to, options);
    if (opened.version !== null && target.versionOf(path) === null) {
      await target.recordVersion(path, opened.version);
    }
    const end = to ?? size ?? opened.size;
    let at = opened.start;
    for await (const bytes of opened.body) {
      if (options.signal.aborted) throw cancelled();
      const before = target.position;
      for (const { from: low, to: high } of pending) {
        const start = Math.max(low, at);
        const stop = Math.min(high ?? end ?? options.maxBytes, at + bytes.length);
        if (stop > start) await target.write(bytes.subarray(start - at, stop - at));
      }
      // Bytes that are only passed over, on the way to what is still missing, are no progress.
      if (target.position > before) patience.progressed();
      at += bytes.length;
      options.onBytes(bytes.length, opened.size);
      if (end !== null && at >= end) break;
      if (end === null && at > options.maxBytes) throw endless(path, options);
    }
    if (end !== null && at < end) throw new SourceError('temporary', `${options.source.name} broke off.`);
    return true;
  } finally {
    opened.close();
  }
}

function checkOpened(opened: OpenedFile, wanted: Segment, to: number | null, options: TransferOptions): void {
  const { path, size, from } = wanted;
  const { name } = options.source;
  if (opened.size !== null && size !== null && opened.size !== size) {
    throw new ModelError(
      'wrong-bytes',
      `${path} from ${name} has ${opened.size.toLocaleString('en')} bytes, it should have ${size.toLocaleString('en')}.`,
    );
  }
  // What is wanted is known by its ends; a whole file is as big as the source says it is, within reason.
  if (to === null && size === null && (opened.size ?? 0) > options.maxBytes) throw endless(path, options);
  if (opened.start !== from && to !== null && !options.wholeFile)
    throw noRanges(name, path, opened.size ?? size);
}

function endless(path: string, { source }: TransferOptions): ModelError {
  return new ModelError('wrong-bytes', `${path} from ${source.name} is far bigger than it should be.`);
}

/** For a source that gives whole files only. */
export function noRanges(name: string, path: string, size: number | null): ModelError {
  const whole = size === null ? 'all of it' : `all ${(size / 1e9).toFixed(2)} GB of it`;
  return new ModelError(
    'no-ranges',
    `${name} gives no parts of ${path}. Fetching ${whole} can be allowed (--whole-file); or name another source.`,
  );
}
