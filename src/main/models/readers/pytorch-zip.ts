import { type Entry, fromFdPromise, type ZipFile } from 'yauzl';
import { BadWeightsError } from '../bad-weights.ts';

/** Where an entry's bytes lie in the file. */
export interface StoredEntry {
  readonly start: number;
  readonly length: number;
}

/** More than the largest checkpoint that we know of has tensors. */
const MAX_ENTRIES = 20_000;

/**
 * The entries of a ZIP archive as `torch.save` writes it: each one stored as it is, so that a tensor is a range of the
 * file. Compressed entries are refused: torch writes none, and they could unpack to any size.
 *
 * @param fd of the open file; it stays open
 * @throws BadWeightsError where it is no such archive
 */
export async function storedEntries(fd: number): Promise<ReadonlyMap<string, StoredEntry>> {
  const entries = new Map<string, StoredEntry>();
  try {
    const zip: ZipFile = await fromFdPromise(fd, { lazyEntries: true, autoClose: false });
    if (zip.entryCount > MAX_ENTRIES)
      throw new BadWeightsError('The checkpoint has more entries than we read.');
    for await (const entry of zip.eachEntry()) {
      if (entries.has(entry.fileName))
        throw new BadWeightsError(`The checkpoint holds ${entry.fileName} twice.`);
      entries.set(entry.fileName, await stored(zip, entry));
    }
  } catch (cause) {
    if (cause instanceof BadWeightsError) throw cause;
    throw new BadWeightsError(`The checkpoint is no sound ZIP archive: ${String(cause)}.`, { cause });
  }
  return entries;
}

async function stored(zip: ZipFile, entry: Entry): Promise<StoredEntry> {
  if (
    entry.compressionMethod !== 0 ||
    entry.isEncrypted() ||
    entry.compressedSize !== entry.uncompressedSize
  ) {
    throw new BadWeightsError(
      `${entry.fileName} in the checkpoint is compressed; torch.save stores plainly.`,
    );
  }
  // Throws where the entry reaches beyond the end of the file.
  const { fileDataStart } = await zip.readLocalFileHeaderPromise(entry, { minimal: true });
  return { start: fileDataStart, length: entry.compressedSize };
}
