import { z } from 'zod';
import { countSchema, momentSchema, pathSchema, problemSchema } from './common.ts';

export const rootSchema = z.object({
  path: pathSchema,
  offline: z.boolean(),
  /** Null before a scan went through. */
  scannedAt: momentSchema.nullable(),
});

/** The library as a whole. */
export const statusSchema = z.object({
  /** The catalogue's file. */
  file: z.string(),
  roots: z.array(rootSchema),
  files: z.object({
    present: countSchema,
    missing: countSchema,
    offline: countSchema,
    withProblem: countSchema,
  }),
  tracks: countSchema,
  /** Listening: how many tracks are in which state. */
  queue: z.object({
    queued: countSchema,
    held: countSchema,
    done: countSchema,
    failed: countSchema,
    setAside: countSchema,
  }),
});
export type LibraryStatus = z.infer<typeof statusSchema>;

export const workKindSchema = z.enum(['scan', 'analyse', 'write', 'undo', 'learn']);
export type WorkKind = z.infer<typeof workKindSchema>;

/** What runs: listening only where nothing else does. */
export const runningWorkSchema = z.object({
  kind: workKindSchema,
  done: countSchema,
  /** 0 where it is not known. */
  total: countSchema,
  failed: countSchema,
  startedAt: momentSchema,
  /** It was asked to stop or to give way, and finishes what it has in hand. */
  stopping: z.boolean(),
});

/** How the last work ended. */
export const finishedWorkSchema = z.object({
  /** Another one each time: two pieces of work may end alike. */
  number: countSchema,
  kind: workKindSchema,
  outcome: z.enum(['finished', 'stopped', 'failed']),
  done: countSchema,
  failed: countSchema,
  /** With `write` and `undo`: where it stands in the list of batches; null when nothing was written. */
  batch: z.number().nullable(),
  /** With `failed`. */
  problem: problemSchema.nullable(),
});

/** Listening, which goes on beside everything else: it gives way to other work and goes on after it. */
export const listeningSchema = z.object({
  /** `waiting`: other work goes first. */
  state: z.enum(['off', 'running', 'waiting', 'paused']),
  /** The large model that listens; null where what is quick does. */
  tier: z.string().nullable(),
  /** Of the tracks that were asked for, since listening was begun; `total` 0 where it is not known yet. */
  done: countSchema,
  failed: countSchema,
  total: countSchema,
  /** How fast it goes; null before that is known. */
  pace: z.object({ tracksPerMinute: z.number(), timesRealTime: z.number() }).nullable(),
  secondsLeft: z.number().nullable(),
});
export type Listening = z.infer<typeof listeningSchema>;

/** What goes on, told anew whenever it changes. */
export const workStateSchema = z.object({
  running: runningWorkSchema.nullable(),
  last: finishedWorkSchema.nullable(),
  /** Work that stands in line behind what runs. */
  line: z.array(workKindSchema),
  listening: listeningSchema,
  /** Whether a scan that has found something new is followed by listening to it. */
  listenAfterScan: z.boolean(),
  /** Grows when the catalogue has changed: what was fetched before may be stale. */
  revision: countSchema,
  /** Grows with every edit, whoever made it. */
  edits: countSchema,
});
export type WorkState = z.infer<typeof workStateSchema>;
