import type { EditStatus } from '../../shared/contract/index.ts';
import type { EditStep } from '../catalogue/index.ts';
import type { Library } from '../library/library.ts';

/** What waits to be written, and what can be undone and done again. */
export function editStatus(library: Library): EditStatus {
  const { edits } = library.catalogue;
  return {
    ...edits.counts(),
    undo: edits.next('undo'),
    redo: edits.next('redo'),
    revision: library.editing.revision,
  };
}

/** A step with what is the case now. */
export async function edited(
  library: Library,
  step: Promise<EditStep | null>,
): Promise<{ step: EditStep | null; status: EditStatus }> {
  const done = await step;
  return { step: done, status: editStatus(library) };
}
