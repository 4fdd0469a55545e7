import { ANALYSE } from '../../analysis/analyse.ts';
import type { Command } from '../command.ts';
import { pathRecord } from '../output.ts';
import { plural, safeText } from '../text.ts';

export const status: Command = {
  name: 'status',
  synopsis: '',
  summary: 'What is in the library, what is due, what failed',
  options: {},
  async run(context) {
    const { out } = context;
    const { catalogue } = context.reader();
    const roots = catalogue.roots.list();
    const files = catalogue.files.counts();
    const tracks = catalogue.tracks.count();
    const unheard = catalogue.tracks.countUnheard();
    const bytes = catalogue.size();
    const queue = catalogue.queue.counts(ANALYSE);
    const failures = catalogue.queue.failures(ANALYSE);
    out.record({
      type: 'status',
      library: catalogue.file,
      bytes,
      roots: roots.map((root) => ({
        ...pathRecord(root.path),
        offline: root.offline,
        scannedAt: root.scannedAt,
      })),
      files,
      tracks,
      unheard,
      queue,
      failures: failures.map(({ path, code, message }) => ({
        ...(path ? pathRecord(path) : {}),
        code,
        message,
      })),
    });
    out.line(`Library  ${safeText(catalogue.file)} (${(bytes / 1e6).toFixed(1)} MB)`);
    for (const root of roots) {
      const when = root.scannedAt
        ? `scanned ${new Date(root.scannedAt).toLocaleString()}`
        : 'never scanned through';
      out.line(
        `Folder   ${safeText(root.path)} · ${root.offline ? 'OFFLINE: can’t be reached; nothing was forgotten' : when}`,
      );
    }
    out.line(
      `Files    ${files.present} present, ${files.missing} missing, ${files.offline} offline, ${files.withProblem} with a problem`,
    );
    out.line(
      `Tracks   ${tracks}, ${unheard} not listened to yet · analysis: ${queue.queued + queue.held} waiting, ${queue.failed} failed, ${queue.setAside} set aside`,
    );
    for (const { path, message } of failures)
      out.line(`  ✗ ${safeText(path ?? '(no file)')}: ${safeText(message)}`);
    const unfinished = catalogue.journal.unfinished().length;
    if (unfinished > 0) out.line(`Writes   ${plural(unfinished, 'write')} not finished`);
  },
};
