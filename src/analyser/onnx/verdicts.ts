import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';

const entrySchema = z.strictObject({
  /** `trying`: a trial was begun and has not ended; it may have taken the process with it. */
  state: z.enum(['trying', 'accepted', 'refused']),
  reason: z.string(),
  /** Trials begun without an end. */
  attempts: z.int().nonnegative(),
});

const fileSchema = z.strictObject({
  format: z.literal('cratewise-devices'),
  formatVersion: z.literal(1),
  verdicts: z.record(z.string(), entrySchema),
});

export type StoredVerdict = z.infer<typeof entrySchema>;

/** What was found out about devices, kept so that it need not be found out again at each start. */
export interface VerdictStore {
  get(key: string): StoredVerdict | undefined;
  set(key: string, verdict: StoredVerdict): void;
}

/** Remembers for the life of the process only. */
export function memoryVerdicts(): VerdictStore {
  const verdicts = new Map<string, StoredVerdict>();
  return { get: (key) => verdicts.get(key), set: (key, verdict) => void verdicts.set(key, verdict) };
}

/**
 * Keeps verdicts in a JSON file. A file that is damaged, or can't be written, costs only the trial again: it is no
 * error. Each change reads the file anew and replaces it in one step, since several analysers may share it.
 */
export function fileVerdicts(path: string): VerdictStore {
  const session = memoryVerdicts();
  return {
    get: (key) => session.get(key) ?? read(path)[key],
    set(key, verdict) {
      session.set(key, verdict);
      try {
        mkdirSync(dirname(path), { recursive: true });
        const verdicts = { ...read(path), [key]: verdict };
        const temporary = `${path}.${process.pid}.tmp`;
        writeFileSync(
          temporary,
          JSON.stringify({ format: 'cratewise-devices', formatVersion: 1, verdicts }, null, 1),
        );
        renameSync(temporary, path);
      } catch {
        // `session` still has it.
      }
    },
  };
}

function read(path: string): Record<string, StoredVerdict> {
  try {
    return fileSchema.parse(JSON.parse(readFileSync(path, 'utf8'))).verdicts;
  } catch {
    return {};
  }
}
