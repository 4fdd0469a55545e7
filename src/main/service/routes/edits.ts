import { CratewiseError } from '../../../shared/errors.ts';
import { decided } from '../../library/reviewing.ts';
import { edited, editStatus } from '../editing.ts';
import { os } from '../procedures.ts';
import type { Service } from '../service.ts';
import { catalogueQuery } from './request.ts';

/** Lines of a preview of find & replace. */
const EXAMPLES = 8;

/** What no tag can hold, left out. */
const cleaned = (values: readonly string[]): string[] =>
  values.map((value) => value.replaceAll('\0', '').toWellFormed()).filter((value) => value.trim() !== '');

/** Answers for edits that wait to be written. */
export function editsRoutes({ library, selections }: Service) {
  const { catalogue, editing } = library;
  return os.edits.router({
    status: os.edits.status.handler(() => editStatus(library)),
    set: os.edits.set.handler(({ input: { selection, field, values } }) =>
      edited(library, editing.set(selections.ids(selection), field, cleaned(values))),
    ),
    fill: os.edits.fill.handler(({ input: { selection, field, from } }) =>
      edited(library, editing.fill(selections.ids(selection), field, from)),
    ),
    replace: os.edits.replace.handler(({ input: { selection, fields, ...replacement } }) =>
      edited(library, editing.replace(selections.ids(selection), fields, replacement)),
    ),
    previewReplace: os.edits.previewReplace.handler(async ({ input, signal }) => {
      const { selection, fields, ...replacement } = input;
      const ids = selections.ids(selection);
      const found = await editing.previewReplace(ids, fields, replacement, EXAMPLES, signal);
      return { ...found, examples: [...found.examples] };
    }),
    revert: os.edits.revert.handler(({ input: { selection, fields } }) =>
      edited(
        library,
        editing.revert(selection ? selections.ids(selection) : catalogue.edits.files(), fields),
      ),
    ),
    undo: os.edits.undo.handler(() => edited(library, editing.turn('undo'))),
    redo: os.edits.redo.handler(() => {
      // It would drop the edits without writing them.
      if (catalogue.edits.next('redo')?.kind === 'write')
        throw new CratewiseError('redo-write', 'To write again what was put back, choose Write.');
      return edited(library, editing.turn('redo'));
    }),
  });
}

/** Answers for what the user says of predictions. */
export function reviewRoutes({ library }: Service) {
  const { catalogue, settings, editing } = library;
  return os.review.router({
    decide: os.review.decide.handler(({ input: { ids, task, decision } }) => {
      const decide = (part: readonly number[]) =>
        decided(catalogue, part, task, decision, settings.keyNotation);
      return edited(library, editing.review(task, ids, decide));
    }),
    acceptAll: os.review.acceptAll.handler(({ input: { query, task, min } }) => {
      const { confidence, terms = [], ...asked } = catalogueQuery(query);
      const ids = catalogue.ids({
        ...asked,
        terms: [...terms, { kind: 'is', state: 'unreviewed', task }],
        confidence: { ...confidence, [task]: { ...confidence?.[task], min } },
      });
      const decide = (part: readonly number[]) =>
        decided(catalogue, part, task, { kind: 'accept' }, settings.keyNotation);
      return edited(library, editing.review(task, ids, decide));
    }),
  });
}
