import { setImmediate as breathe, setTimeout as idle } from 'node:timers/promises';
import { type Replacement, replacer } from '../../shared/field-text.ts';
import type { Task } from '../../shared/prediction.ts';
import type { FieldName, TagValues } from '../../shared/tags.ts';
import type { Catalogue, EditKind, EditStep, PendingChange, ReviewChange } from '../catalogue/index.ts';

/** Files between two breaths: some 20 ms. */
const PORTION = 500;
/** Files whose words are indexed between two breaths. */
const TEXT_PORTION = 100;
/** Pages of the index of words that are merged between two breaths: some 10 ms. */
const MERGED_PAGES = 100;
/** Milliseconds between two portions of a merge: nobody waits for it. */
const MERGE_PAUSE_MS = 30;
/** Milliseconds after an edit before its words are indexed. */
const INDEX_AFTER_MS = 250;

/** A line of the preview of find & replace. */
export interface ReplaceExample {
  readonly id: number;
  readonly path: string;
  readonly field: FieldName;
  readonly before: readonly string[];
  readonly after: readonly string[];
}

/** How a field reads over a selection: the values that all of its files have, or that they differ. */
export interface CommonValues {
  readonly files: number;
  readonly fields: readonly {
    readonly field: FieldName;
    /** Null: they differ. */
    readonly values: readonly string[] | null;
    /** One file or more has an edit of it. */
    readonly edited: boolean;
  }[];
}

/** Editing tags without writing them: everything becomes a step that can be undone. One at a time. */
export class Editing {
  readonly #catalogue: Catalogue;
  #queue: Promise<unknown> = Promise.resolve();
  #indexing: Promise<void> | null = null;
  #closed = false;
  /** Grows with every change, so that other windows can see that there was one. */
  revision = 0;
  /** Called when `revision` has grown. */
  onChange: () => void = () => {};

  constructor(catalogue: Catalogue) {
    this.#catalogue = catalogue;
  }

  /** Gives a field these values in all files; none clears it. Null when nothing changed. */
  set(ids: readonly number[], field: FieldName, values: readonly string[]): Promise<EditStep | null> {
    return this.#step('set', field, ids, (part) => part.map((fileId) => ({ fileId, field, values })));
  }

  /** Gives a field in all files the values that it has in one. */
  fill(ids: readonly number[], field: FieldName, from: number): Promise<EditStep | null> {
    const values = this.#values([from], [field]).get(from)?.[field] ?? [];
    return this.#step('fill', field, ids, (part) => part.map((fileId) => ({ fileId, field, values })));
  }

  /** Drops edits that wait: of some fields, or all. */
  revert(ids: readonly number[], fields?: readonly FieldName[]): Promise<EditStep | null> {
    const only = fields && new Set<string>(fields);
    return this.#step('revert', fields?.length === 1 ? fields[0]! : null, ids, (part) =>
      this.#catalogue.edits
        .of(part)
        .flatMap(({ fileId, edits }) =>
          [...edits.keys()]
            .filter((field) => !only || only.has(field))
            .map((field) => ({ fileId, field, values: null })),
        ),
    );
  }

  replace(
    ids: readonly number[],
    fields: readonly FieldName[],
    replacement: Replacement,
  ): Promise<EditStep | null> {
    return this.#step('replace', fields.length === 1 ? fields[0]! : null, ids, (part) =>
      this.#replaced(part, fields, replacement).map(({ id, field, after }) => ({
        fileId: id,
        field,
        values: after,
      })),
    );
  }

  /** What find & replace would do: how many files and fields, and the first few. */
  async previewReplace(
    ids: readonly number[],
    fields: readonly FieldName[],
    replacement: Replacement,
    examples: number,
    signal?: AbortSignal,
  ): Promise<{ files: number; fields: number; examples: readonly ReplaceExample[] }> {
    const first: ReplaceExample[] = [];
    let files = 0;
    let count = 0;
    for (const part of parts(ids)) {
      const found = this.#replaced(part, fields, replacement);
      files += new Set(found.map(({ id }) => id)).size;
      count += found.length;
      first.push(...found.slice(0, examples - first.length));
      await breathe();
      signal?.throwIfAborted();
    }
    return { files, fields: count, examples: first };
  }

  /** Reviews of the predictions of these files' tracks, with the edits that follow from them. */
  review(
    task: Task,
    ids: readonly number[],
    decide: (part: readonly number[]) => {
      readonly reviews: readonly ReviewChange[];
      readonly edits: readonly PendingChange[];
    },
  ): Promise<EditStep | null> {
    return this.#exclusive(async () => {
      const { edits } = this.#catalogue;
      const id = edits.begin('review', task);
      for (const part of parts(ids)) {
        const decided = decide(part);
        edits.addReviews(id, decided.reviews);
        edits.add(id, decided.edits);
        await breathe();
      }
      return edits.finish(id);
    });
  }

  /**
   * These edits are in the files now (`fields`: only these). A step of the history, so that undo knows of the batch.
   */
  written(
    files: readonly { readonly fileId: number; readonly fields: readonly FieldName[] }[],
    batchId: number | null,
  ): Promise<EditStep | null> {
    return this.#exclusive(async () => {
      const { edits } = this.#catalogue;
      const id = edits.begin('write', null);
      for (const part of parts(files)) {
        edits.add(
          id,
          part.flatMap(({ fileId, fields }) => fields.map((field) => ({ fileId, field, values: null }))),
        );
        await breathe();
      }
      return edits.finish(id, batchId);
    });
  }

  /** Turns back the newest step, or does the last one that was turned back again; null when there is none. */
  turn(direction: 'undo' | 'redo'): Promise<EditStep | null> {
    return this.#exclusive(async () => {
      const { edits } = this.#catalogue;
      const step = edits.next(direction);
      if (!step) return null;
      let cursor = edits.turn(step.id, direction, null, PORTION);
      while (cursor) {
        await breathe();
        cursor = edits.turn(step.id, direction, cursor, PORTION);
      }
      return edits.step(step.id) ?? null;
    });
  }

  /** What the fields of several files have in common. */
  async common(ids: readonly number[], signal?: AbortSignal): Promise<CommonValues> {
    const common = new Map<FieldName, { json: string | null; values: readonly string[]; seen: number }>();
    const edited = new Set<FieldName>();
    let files = 0;
    for (const part of parts(ids)) {
      const tags = this.#values(part);
      for (const { edits } of this.#catalogue.edits.of(part))
        for (const field of edits.keys()) edited.add(field);
      for (const own of tags.values()) {
        for (const [name, values] of Object.entries(own)) {
          const field = name as FieldName;
          if (!values || values.length === 0) continue;
          const known = common.get(field);
          if (!known) common.set(field, { json: JSON.stringify(values), values, seen: 1 });
          else {
            known.seen++;
            if (known.json !== null && known.json !== JSON.stringify(values)) known.json = null;
          }
        }
        files++;
      }
      await breathe();
      signal?.throwIfAborted();
    }
    const fields = [...common].map(([field, { json, values, seen }]) => ({
      field,
      values: json !== null && seen === files ? values : null,
      edited: edited.has(field),
    }));
    for (const field of edited) if (!common.has(field)) fields.push({ field, values: [], edited: true });
    return { files, fields };
  }

  /** Brings the index of words up to date and in shape, in small portions, from now on until it is; several calls are one. */
  indexText(): void {
    if (this.#indexing || this.#closed) return;
    const index = async () => {
      // Not while the user goes on editing.
      await idle(INDEX_AFTER_MS, undefined, { ref: false });
      await this.#queue;
      while (!this.#closed && this.#catalogue.edits.indexText(TEXT_PORTION) > 0) await breathe();
      while (!this.#closed && this.#catalogue.edits.mergeText(MERGED_PAGES))
        await idle(MERGE_PAUSE_MS, undefined, { ref: false });
    };
    this.#indexing = index()
      // A full disk, say. What is due stays so, and the next edit tries again.
      .catch(() => {})
      .finally(() => {
        this.#indexing = null;
      });
  }

  /** Resolves when what was asked for is done. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#queue.catch(() => {});
    await this.#indexing;
  }

  #replaced(
    ids: readonly number[],
    fields: readonly FieldName[],
    replacement: Replacement,
  ): ReplaceExample[] {
    const change = replacer(replacement);
    const tags = this.#values(ids, fields);
    return this.#catalogue.rows(ids).flatMap(({ id, path }) =>
      fields.flatMap((field) => {
        const before = tags.get(id)?.[field] ?? [];
        const after = before.map(change).filter((value) => value.trim() !== '');
        const same = after.length === before.length && after.every((value, i) => value === before[i]);
        return same ? [] : [{ id, path, field, before, after }];
      }),
    );
  }

  /** Tags of files as edited. */
  #values(ids: readonly number[], fields?: readonly FieldName[]): Map<number, TagValues> {
    return new Map(this.#catalogue.tags(ids, fields).map(({ id, tags }) => [id, tags]));
  }

  #step(
    kind: EditKind,
    field: FieldName | null,
    ids: readonly number[],
    changesOf: (part: readonly number[]) => readonly PendingChange[],
  ): Promise<EditStep | null> {
    return this.#exclusive(async () => {
      const { edits } = this.#catalogue;
      const id = edits.begin(kind, field);
      for (const part of parts(ids)) {
        edits.add(id, changesOf(part));
        if (ids.length > PORTION) await breathe();
      }
      return edits.finish(id);
    });
  }

  /** One after the other: a step that grows over several portions must not mix with another. */
  #exclusive<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#queue.then(work);
    this.#queue = result.catch(() => {});
    return result.finally(() => {
      this.revision++;
      this.onChange();
      this.indexText();
    });
  }
}

function* parts<T>(list: readonly T[]): Generator<readonly T[]> {
  for (let i = 0; i < list.length; i += PORTION) yield list.slice(i, i + PORTION);
}
