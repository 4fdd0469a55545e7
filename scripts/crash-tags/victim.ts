/**
 * Writes tags in a loop until it is killed: `victim.ts CATALOGUE FOLDER in-process|workers`.
 * Says `ready` on stdout when it begins to write.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { openCatalogue } from '../../src/main/catalogue/index.ts';
import { nodeHost } from '../../src/main/host/node-host.ts';
import { TagWriter } from '../../src/main/tagging/writer.ts';
import { inProcessHost } from '../../tests/main/tagging/support/in-process-host.ts';
import { STATES } from './edits.ts';

const [file = '', folder = '', mode = 'in-process'] = process.argv.slice(2);
const catalogue = openCatalogue(file);
const writer = new TagWriter(catalogue.journal, mode === 'workers' ? nodeHost : inProcessHost(() => false), {
  processes: 1,
});
await writer.recover();
const paths = readdirSync(folder).map((name) => join(folder, name));
process.stdout.write('ready\n');
for (let round = 0; ; round += 1) {
  const edits = STATES[round % STATES.length]!;
  // Not in the same order every time, or the same files would be hit again and again.
  const order = paths.toSorted(() => Math.random() - 0.5);
  await writer.write(
    order.map((path) => ({ path, expected: null, edits })),
    { label: `round ${round}` },
  );
}
