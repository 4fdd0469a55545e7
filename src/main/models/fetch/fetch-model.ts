import { join } from 'node:path';
import { MAX_UNPINNED_BYTES, type ManifestFile, type ModelManifest } from '../../../shared/model-manifest.ts';
import { digestsOf } from '../digest.ts';
import { ModelError } from '../errors.ts';
import type { Recipe } from '../recipe.ts';
import { type ByteSource, SourceError } from './byte-source.ts';
import { ChunkedFile, discardChunked } from './chunked-file.ts';
import { allTensors, type CompactPlan, planCompact } from './compact.ts';
import { type RemoteHeader, readRemoteHeaders } from './remote-header.ts';
import type { FetchReporter } from './reporter.ts';
import { type RetryPolicy, sourceFailure } from './retry.ts';
import { noRanges, type Segment, transfer } from './transfer.ts';

export interface FetchOptions {
  readonly manifest: ModelManifest;
  readonly recipe: Recipe;
  readonly source: ByteSource;
  /** Where the files go, each by its path in the manifest; what is there of an earlier sitting is gone on with. */
  readonly folder: string;
  readonly retry: RetryPolicy;
  /** See `TransferOptions`. */
  readonly wholeFile: boolean;
  readonly chunkBytes?: number;
  readonly reporter: FetchReporter;
  readonly signal: AbortSignal;
}

/** A model may be this many times as big as its manifest says before the source counts as lying. */
const MAX_EXCESS = 4;

/**
 * Fetches the files of a model and verifies them.
 * @throws ModelError, BadWeightsError; what came is kept for the next time, unless it is wrong
 */
export async function fetchModel(options: FetchOptions): Promise<void> {
  const { files } = options.manifest;
  for (const { path, size, partial } of files) {
    if (size !== null && !partial) options.reporter.expect(path, size);
  }
  for (const file of files) {
    try {
      await fetchFile(file, options, true);
    } catch (error) {
      throw sourceFailure(error);
    }
  }
}

/** What one file of the manifest is put together of. */
interface FilePlan {
  /** Two plans with the same identity give the same bytes. */
  readonly identity: string;
  readonly prefix: Uint8Array;
  readonly segments: readonly Segment[];
  readonly versions: ReadonlyMap<string, string>;
  /** The source gives whole files only, and that is fine. */
  readonly wholeFile: boolean;
}

async function fetchFile(file: ManifestFile, options: FetchOptions, again: boolean): Promise<void> {
  const { path } = file;
  const target = join(options.folder, path);
  let resumed = false;
  try {
    const plan = file.partial ? await planPartial(file, options) : planWhole(file, options);
    resumed = await transferTo(target, file, plan, options);
    if (!file.partial) await checkWhole(file, target, options);
  } catch (error) {
    const changed = error instanceof SourceError && error.problem === 'changed';
    const wrong = error instanceof ModelError && error.code === 'wrong-bytes';
    if (!changed && !wrong) throw error;
    // What was begun may be of another version than what came now: once more, from the beginning.
    await discardChunked(target);
    if (!again || (wrong && !resumed)) throw error;
    await fetchFile(file, options, false);
  }
}

/** @returns whether part of it was there already */
async function transferTo(
  target: string,
  { path, unpinned }: ManifestFile,
  plan: FilePlan,
  options: FetchOptions,
): Promise<boolean> {
  const { reporter, source, retry, signal } = options;
  const small = unpinned && options.manifest.tier !== 'experimental';
  const file = await ChunkedFile.open(target, plan.identity, options.chunkBytes);
  try {
    const resumed = file.position > 0;
    reporter.at(path, file.position);
    if (file.complete) return resumed;
    for (const [of, version] of plan.versions) {
      if (file.versionOf(of) === null) await file.recordVersion(of, version);
    }
    await transfer(file, plan.prefix, plan.segments, {
      source,
      retry,
      signal,
      wholeFile: plan.wholeFile,
      maxBytes: small ? MAX_UNPINNED_BYTES : MAX_EXCESS * options.manifest.downloadBytes,
      onBytes: (count, expected) => {
        if (expected !== null && plan.segments.length === 1 && !plan.prefix.length) {
          reporter.expect(path, expected);
        }
        reporter.came(count);
        reporter.at(path, file.position);
      },
    });
    await file.end();
    return resumed;
  } finally {
    await file.close();
  }
}

function planWhole(file: ManifestFile, { manifest, source }: FetchOptions): FilePlan {
  const { path, size, sha256, gitBlob } = file;
  // Only a hash proves that bytes of two sources belong together.
  const from = file.unpinned ? { source: source.name, revision: manifest.source.revision } : {};
  const identity = JSON.stringify({ path, size, sha256, gitBlob, ...from });
  const segments = [{ path, from: 0, to: null, size }];
  return { identity, prefix: new Uint8Array(), segments, versions: new Map(), wholeFile: false };
}

async function planPartial(file: ManifestFile, options: FetchOptions): Promise<FilePlan> {
  const { source, recipe, manifest, reporter } = options;
  const headers = await readRemoteHeaders(file.path, options);
  checkPin(file, headers, source);
  const available = allTensors(headers);
  const wanted = recipe.tensors?.(available, manifest.id) ?? [...available.keys()];
  const plan = planCompact(headers, wanted);
  if (plan.bytes > MAX_EXCESS * manifest.downloadBytes) {
    throw new ModelError(
      'wrong-bytes',
      `${file.path} from ${source.name} is far bigger than it should be (${plan.bytes.toLocaleString('en')} bytes).`,
    );
  }
  const unranged = headers.some(({ ranged }) => !ranged);
  if (unranged) checkWholeAllowed(file, headers, plan, options);
  reporter.expect(file.path, plan.bytes);
  const versions = new Map<string, string>();
  for (const { path, version } of headers) if (version !== null) versions.set(path, version);
  // Bytes of two sources or versions are never put together: only whole files have a hash to prove them.
  const header = Buffer.from(plan.prefix).toString('latin1');
  const identity = JSON.stringify({
    source: source.name,
    revision: manifest.source.revision,
    versions: [...versions],
    segments: plan.segments,
    header,
  });
  return { identity, prefix: plan.prefix, segments: plan.segments, versions, wholeFile: unranged };
}

/**
 * Where the manifest knows a file that is fetched in part, its size has to be that, and the hash too where the server
 * tells one (Hugging Face does).
 */
function checkPin(
  { path, size, sha256 }: ManifestFile,
  headers: readonly RemoteHeader[],
  source: ByteSource,
): void {
  const [only] = headers;
  if (!only || headers.length > 1) return;
  const told = /^"?([0-9a-f]{64})"?$/.exec(only.version ?? '')?.[1];
  const otherHash = sha256 !== undefined && told !== undefined && told !== sha256;
  if (!otherHash && (size ?? only.header.fileBytes) === only.header.fileBytes) return;
  throw new ModelError('wrong-bytes', `${path} from ${source.name} is not the file that is pinned.`);
}

function checkWholeAllowed(
  { path }: ManifestFile,
  headers: readonly RemoteHeader[],
  plan: CompactPlan,
  { source, wholeFile }: FetchOptions,
): void {
  const size = headers.reduce((sum, { header }) => sum + header.fileBytes, 0);
  // All of it is wanted anyway.
  if (wholeFile || size <= 1.05 * plan.bytes) return;
  throw noRanges(source.name, path, size);
}

async function checkWhole(file: ManifestFile, target: string, options: FetchOptions): Promise<void> {
  const { signal, source } = options;
  const { sha256, gitBlob } = await digestsOf(target, { signal });
  const right = (file.sha256 ?? sha256) === sha256 && (file.gitBlob ?? gitBlob) === gitBlob;
  if (right) return;
  throw new ModelError(
    'wrong-bytes',
    `${file.path} from ${source.name} is not the file that is pinned: its SHA-256 is ${sha256}. Nothing was installed.`,
  );
}
