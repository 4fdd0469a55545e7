import type { FieldName } from '../../shared/tags.ts';
import { arranged, type Column, type ColumnId, MIN_WIDTH } from '../lib/columns.ts';

/** Which columns the table has, in which order and width; told to `keep` when they change. */
export class Columns {
  all: readonly Column[] = $state.raw(arranged());
  /** Stores them; called a little after the last of several changes. */
  keep: (columns: readonly Pick<Column, 'id' | 'width' | 'shown'>[]) => void = () => {};
  #timer: ReturnType<typeof setTimeout> | undefined;

  readonly shown: readonly Column[] = $derived(this.all.filter(({ shown }) => shown));
  /** Tags that rows have to bring along. */
  readonly fields: readonly FieldName[] = $derived(
    this.shown.flatMap(({ field }) => (field === undefined ? [] : [field])),
  );
  /** For `grid-template-columns`; the title takes what is left. */
  readonly template: string = $derived(
    this.shown.map(({ id, width }) => (id === 'title' ? `minmax(${width}px, 1fr)` : `${width}px`)).join(' '),
  );
  /** Pixels that all of them need. */
  readonly width: number = $derived(this.shown.reduce((sum, { width }) => sum + width, 0));

  restore(kept: Parameters<typeof arranged>[0]): void {
    this.all = arranged(kept);
  }

  toggle(id: ColumnId): void {
    this.#change(this.all.map((column) => (column.id === id ? { ...column, shown: !column.shown } : column)));
  }

  resize(id: ColumnId, width: number): void {
    const kept = Math.max(MIN_WIDTH, Math.round(width));
    this.#change(this.all.map((column) => (column.id === id ? { ...column, width: kept } : column)));
  }

  /** Moves a column to before (-1) or behind (1) the next shown one. */
  move(id: ColumnId, step: -1 | 1): void {
    const shown = this.shown.map((column) => column.id);
    const to = shown[shown.indexOf(id) + step];
    // The state stays first.
    if (to === undefined || to === 'state' || id === 'state') return;
    const column = this.all.find((one) => one.id === id)!;
    const rest = this.all.filter((one) => one !== column);
    const at = rest.findIndex((one) => one.id === to) + (step > 0 ? 1 : 0);
    this.#change(rest.toSpliced(at, 0, column));
  }

  reset(): void {
    this.#change(arranged());
  }

  #change(columns: readonly Column[]): void {
    this.all = columns;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(
      () => this.keep(columns.map(({ id, width, shown }) => ({ id, width, shown }))),
      400,
    );
  }
}
