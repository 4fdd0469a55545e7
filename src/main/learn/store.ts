import { existsSync } from 'node:fs';
import { copyFile, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { learnReportSchema } from '../../shared/contract/learn.ts';
import type { LearnReport, SuspiciousTag } from '../../shared/learn.ts';
import { type LearnRequest, learntId } from './request.ts';

/** Probes that are kept for going back. */
const KEPT = 5;

/** What the last learning found, as it is kept beside the probes. */
export interface KeptReport {
  readonly report: LearnReport;
  readonly suspicious: readonly SuspiciousTag[];
}

const keptSchema = z.object({
  report: learnReportSchema,
  suspicious: z.array(
    z.object({
      trackId: z.number(),
      path: z.string(),
      tagged: z.string(),
      predicted: z.string(),
      confidence: z.number(),
      taggedProbability: z.number(),
    }),
  ),
});

type Source = LearnRequest['source'];
type Task = LearnRequest['task'];

/**
 * What one library has taught us, in a folder of its own:
 *
 *     own-genre.json          the probe in use
 *     earlier/own-genre.3.json  the ones before, the highest number last
 *     reports/genre.json      what the last learning found
 *
 * A file is written under another name and renamed when it is on the disk: whenever a process is killed, the probe in
 * use is a whole one, the old or the new.
 */
export class LearntStore {
  readonly #folder: string;

  /** @param folder absolute path; made when something is learnt */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Path of the probe in use; undefined where nothing was learnt. */
  active(task: Task, source: Source = 'tags'): string | undefined {
    const path = this.#probe(task, source);
    return existsSync(path) ? path : undefined;
  }

  /** Puts a probe into use; the one before is kept. */
  async activate(task: Task, source: Source, text: string): Promise<void> {
    await mkdir(this.#earlier, { recursive: true });
    const path = this.#probe(task, source);
    const staged = `${path}.new`;
    await writeSynced(staged, text);
    if (existsSync(path)) {
      const numbers = await this.#numbers(task, source);
      const next = this.#numbered(task, source, (numbers.at(-1) ?? 0) + 1);
      // A copy, so that there is a probe in use at every moment; staged too, so that half a copy is never gone back to.
      await copyFile(path, `${next}.new`);
      await rename(`${next}.new`, next);
      for (const number of numbers.slice(0, Math.max(0, numbers.length + 1 - KEPT)))
        await rm(this.#numbered(task, source, number), { force: true });
    }
    await rename(staged, path);
    await syncFolder(this.#folder);
  }

  /**
   * Goes back to the probe before the one in use; to none where there is no other.
   * @returns `earlier`, `none`, or `nothing` where nothing was in use
   */
  async forget(task: Task, source: Source): Promise<'earlier' | 'none' | 'nothing'> {
    const path = this.#probe(task, source);
    if (!existsSync(path)) return 'nothing';
    const newest = (await this.#numbers(task, source)).at(-1);
    if (newest === undefined) await rm(path);
    else await rename(this.#numbered(task, source, newest), path);
    await syncFolder(this.#folder);
    return newest === undefined ? 'none' : 'earlier';
  }

  async keepReport(kept: KeptReport): Promise<void> {
    const folder = join(this.#folder, 'reports');
    await mkdir(folder, { recursive: true });
    const path = join(folder, `${kept.report.task}.json`);
    await writeSynced(`${path}.new`, `${JSON.stringify(kept)}\n`);
    await rename(`${path}.new`, path);
  }

  /** What the last learning found; undefined before any, or where the file is damaged: learning makes it anew. */
  async report(task: Task): Promise<KeptReport | undefined> {
    try {
      const text = await readFile(join(this.#folder, 'reports', `${task}.json`), 'utf8');
      const kept: unknown = JSON.parse(text);
      return keptSchema.parse(kept);
    } catch {
      return undefined;
    }
  }

  get #earlier(): string {
    return join(this.#folder, 'earlier');
  }

  #probe(task: Task, source: Source): string {
    return join(this.#folder, `${learntId(task, source)}.json`);
  }

  #numbered(task: Task, source: Source, number: number): string {
    return join(this.#earlier, `${learntId(task, source)}.${number}.json`);
  }

  async #numbers(task: Task, source: Source): Promise<number[]> {
    const name = new RegExp(`^${learntId(task, source)}\\.(\\d+)\\.json$`);
    const files = await readdir(this.#earlier).catch(() => []);
    return files
      .map((file) => Number(name.exec(file)?.[1] ?? Number.NaN))
      .filter(Number.isInteger)
      .sort((a, b) => a - b);
  }
}

async function writeSynced(path: string, text: string): Promise<void> {
  const file = await open(path, 'w');
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Makes a rename last through a loss of power, where the platform can sync a folder. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => undefined);
  try {
    await handle?.sync();
  } catch {
    // Windows has no such thing.
  } finally {
    await handle?.close();
  }
}
