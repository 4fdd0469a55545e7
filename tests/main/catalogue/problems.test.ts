import { expect, it } from 'vitest';
import { GENRE, KEY, memoryLibrary } from './support.ts';

const request = { kind: 'analyse', predictors: [KEY, GENRE] };

it('gathers what could not be read, listened to and written, and finds them by path and reason', () => {
  const { catalogue, add } = memoryLibrary();
  const unread = add('/music/Broken Tags.mp3');
  catalogue.files.setProblem(unread, { code: 'not-audio', message: 'This is no sound file.' });
  const failing = add('/music/noise.mp3');
  const killer = add('/music/killer.mp3');
  const fine = add('/music/fine.mp3');
  catalogue.queue.enqueue({ ...request, below: ['/music/noise.mp3', '/music/killer.mp3'] });
  for (const item of catalogue.queue.claim('analyse', 2)) {
    if (item.path.includes('noise')) catalogue.queue.fail(item.id, { code: 'decode', message: 'No stream.' });
    else catalogue.queue.workerDied(item.id, 'SIGSEGV', 1);
  }
  catalogue.edits.setProblem(fine, { code: 'read-only', message: 'The file is read-only.' });

  const all = catalogue.problems.list({ offset: 0, limit: 10 });
  expect(
    Object.fromEntries(all.map(({ fileId, area, setAside, code }) => [fileId, [area, setAside, code]])),
  ).toEqual({
    [unread]: ['read', false, 'not-audio'],
    [failing]: ['listen', false, 'decode'],
    [killer]: ['listen', true, 'worker-died'],
    [fine]: ['write', false, 'read-only'],
  });
  expect(catalogue.problems.counts()).toEqual({ read: 1, listen: 2, write: 1 });
  const found = (query: Parameters<typeof catalogue.problems.list>[0]) =>
    catalogue.problems.list(query).map(({ fileId }) => fileId);
  expect(found({ areas: ['write'], offset: 0, limit: 10 })).toEqual([fine]);
  expect(found({ text: 'broken', offset: 0, limit: 10 })).toEqual([unread]);
  expect(found({ text: 'sigsegv', offset: 0, limit: 10 })).toEqual([killer]);
  expect(catalogue.problems.counts({ text: 'STREAM' })).toEqual({ read: 0, listen: 1, write: 0 });
  expect(found({ offset: 1, limit: 2 })).toHaveLength(2);
  // Percent signs and the like are characters.
  expect(found({ text: '%', offset: 0, limit: 10 })).toEqual([]);

  catalogue.files.markMissing([unread]);
  expect(catalogue.problems.counts().read).toBe(0);
});
