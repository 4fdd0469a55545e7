/** A file of a source, opened somewhere within it. */
export interface OpenedFile {
  /** Offset of the first byte of `body`: what was asked for, or 0 where the source gives whole files only. */
  readonly start: number;
  /** Whether the source gives parts of the file. */
  readonly ranged: boolean;
  /** Bytes of the whole file; null where the source does not say. */
  readonly size: number | null;
  /** Changes when the file does: an ETag, a time. Null where the source has nothing of the kind. */
  readonly version: string | null;
  readonly body: AsyncIterable<Uint8Array>;
  /** Lets go of the connection or the file; harmless after the body has ended. */
  close(): void;
}

/** Which bytes are wanted. */
export interface ByteRange {
  readonly from: number;
  /** Behind the last byte; null for the end of the file. */
  readonly to: number | null;
}

/** Where files come from: a server, or a folder. */
export interface ByteSource {
  /** For messages and records; without passwords. */
  readonly name: string;
  /**
   * Opens a file.
   * @param path as in the manifest
   * @param version that earlier parts of the file had: the source need not send anything else
   * @throws SourceError
   */
  open(path: string, range: ByteRange, version: string | null, signal: AbortSignal): Promise<OpenedFile>;
}

/**
 * Why a source gave nothing: `missing`: it has no such file; `temporary`: try again; `refused`: it will not or may not
 * be used; `changed`: the file is another than it was.
 */
export type SourceProblem = 'missing' | 'temporary' | 'refused' | 'changed';

/** A source that did not give what was asked for. Becomes a `ModelError` when nothing helps. */
export class SourceError extends Error {
  override readonly name = 'SourceError';
  readonly problem: SourceProblem;
  /** How long the source wants to be left alone, in milliseconds. */
  readonly retryAfterMs: number | undefined;

  constructor(
    problem: SourceProblem,
    message: string,
    options: ErrorOptions & { retryAfterMs?: number } = {},
  ) {
    super(message, options);
    this.problem = problem;
    this.retryAfterMs = options.retryAfterMs;
  }
}
