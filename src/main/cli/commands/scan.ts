import { pathArguments } from '../arguments.ts';
import type { Command } from '../command.ts';
import { plural } from '../text.ts';
import { scanFolders } from '../work.ts';

export const scan: Command = {
  name: 'scan',
  synopsis: '[<folder…>]',
  summary: 'Take folders into the library, or look again at those that are in it',
  details:
    'New, changed, moved and missing files are noticed; what has not changed is left alone. Without a folder, ' +
    'every folder of the library is looked at. Nothing is ever written to your music.',
  options: { hidden: { type: 'boolean', help: 'hidden files and folders too' } },
  async run(context) {
    const library = await context.library();
    const named = pathArguments(context.args);
    const folders = named.length > 0 ? named : library.catalogue.roots.list().map((root) => root.path);
    if (folders.length === 0) context.out.note('The library has no folder yet. Try: cratewise scan ~/Music');
    const summary = await scanFolders(context, library, folders);
    const { failed, offline, ...counts } = summary;
    context.out.record({
      type: 'summary',
      command: 'scan',
      ...counts,
      failed: failed.length,
      offline: offline.length,
    });
    const { seen, moved, returned, missing, unchanged } = summary;
    const parts = [
      `${summary.new} new`,
      `${summary.changed} changed`,
      `${moved} moved`,
      `${missing} missing`,
    ];
    if (returned > 0) parts.push(`${returned} back again`);
    context.out.line(`${plural(seen, 'file')}: ${parts.join(', ')}, ${unchanged} unchanged.`);
  },
};
