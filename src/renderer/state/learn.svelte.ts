import type { SuspiciousRow } from '../../shared/contract/learn.ts';
import type { LearnReport } from '../../shared/learn.ts';
import type { Task } from '../../shared/prediction.ts';
import type { Client } from '../lib/connect.ts';
import type { Edits } from './edits.svelte.ts';

/** Suspicious tags that are fetched at once. */
const PAGE = 50;

/** What the user said of a suspicious tag, while it still stands in the list. */
export type Verdict = { readonly kind: 'changed' | 'kept' };

/** Learning from the user's own tags. */
export class Learning {
  readonly #client: Client;
  readonly #edits: Edits;
  task: Task = $state('genre');
  /** What the last learning found; null before any. */
  report: LearnReport | null = $state.raw(null);
  /** What would be learnt now; null while it is looked at. */
  outlook: LearnReport | null = $state.raw(null);
  /** What names count as; null: left out. */
  mapping: Readonly<Record<string, string | null>> = $state.raw({});
  suspicious: readonly SuspiciousRow[] = $state.raw([]);
  suspiciousTotal = $state(0);
  /** By file. */
  verdicts: ReadonlyMap<number, Verdict> = $state.raw(new Map());
  forgotten: 'earlier' | 'none' | 'nothing' | null = $state(null);
  #asking = 0;
  #looking = 0;

  constructor(client: Client, edits: Edits) {
    this.#client = client;
    this.#edits = edits;
  }

  /** Looks at everything anew: another task, or something was learnt. */
  async load(): Promise<void> {
    const mine = ++this.#asking;
    const { task } = this;
    const [report, mapping, found] = await Promise.all([
      this.#client.learn.report({ task }),
      this.#client.learn.mapping(),
      this.#client.learn.suspicious({ task, limit: PAGE }),
    ]);
    if (mine !== this.#asking) return;
    this.report = report;
    this.mapping = mapping;
    this.suspicious = found.tags;
    this.suspiciousTotal = found.total;
    this.verdicts = new Map();
    await this.look();
  }

  /** Looks at what would be learnt. */
  async look(): Promise<void> {
    const { task } = this;
    // The one that was asked last counts: an earlier one, of another mapping, may be slower.
    const mine = ++this.#looking;
    const outlook = await this.#client.learn.labels({ task });
    if (mine === this.#looking && task === this.task) this.outlook = outlook;
  }

  choose(task: Task): void {
    if (task === this.task) return;
    this.task = task;
    this.outlook = null;
    this.report = null;
    this.forgotten = null;
    this.suspicious = [];
  }

  /** @param label null: left out; undefined: its entry goes */
  async map(name: string, label: string | null | undefined): Promise<void> {
    this.mapping = await this.#client.learn.map(label === undefined ? { name } : { name, label });
    this.outlook = null;
    await this.look();
  }

  async start(): Promise<void> {
    this.forgotten = null;
    await this.#client.learn.start({ task: this.task });
  }

  async forget(): Promise<void> {
    this.forgotten = await this.#client.learn.forget({ task: this.task });
  }

  async more(): Promise<void> {
    const mine = this.#asking;
    // Those that were decided have left the list on the other side.
    const offset = this.suspicious.filter(({ id }) => !this.verdicts.has(id)).length;
    const { task } = this;
    const found = await this.#client.learn.suspicious({ task, offset, limit: PAGE });
    if (mine !== this.#asking) return;
    const known = new Set(this.suspicious.map(({ id }) => id));
    this.suspicious = [...this.suspicious, ...found.tags.filter(({ id }) => !known.has(id))];
    this.suspiciousTotal = found.total + this.verdicts.size;
  }

  /** The user's word on a suspicious tag: the tag becomes what it sounds like, as an edit, or is right as it is. */
  async judge(row: SuspiciousRow, kind: Verdict['kind']): Promise<void> {
    const { task } = this;
    const value = kind === 'changed' ? row.predicted : row.tagged;
    const done = await this.#edits.do(() =>
      this.#client.review.decide({ ids: [row.id], task, decision: { kind: 'change', value } }),
    );
    if (done) this.verdicts = new Map([...this.verdicts, [row.id, { kind }]]);
  }

  /** Takes the word back: the review, and the edit where there is one. */
  async takeBack(row: SuspiciousRow): Promise<void> {
    const { task } = this;
    const selection = { ids: [row.id] };
    const forgotten = await this.#edits.do(() =>
      this.#client.review.decide({ ...selection, task, decision: { kind: 'forget' } }),
    );
    if (!forgotten) return;
    if (this.verdicts.get(row.id)?.kind === 'changed') await this.#edits.revert(selection, [task]);
    this.verdicts = new Map([...this.verdicts].filter(([id]) => id !== row.id));
  }
}
