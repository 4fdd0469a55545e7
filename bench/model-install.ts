import { createReadStream, readFileSync, statSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { nodeHost } from '../src/main/host/node-host.ts';
import { modelsFolder } from '../src/main/host/places.ts';
import type { ProcessHost } from '../src/main/host/process-host.ts';
import { ModelManager } from '../src/main/models/manager.ts';
import type { InstallProgress } from '../src/shared/model-install.ts';

/*
 * Installs a model from a local HTTP server that gives ranges: how long each phase takes, how much is fetched, how much
 * memory the install process has at most (Linux).
 *
 *   node bench/model-install.ts musicgen-small --files <folder with config.json, model.safetensors> --work <folder>
 */
const { values, positionals } = parseArgs({
  options: { files: { type: 'string' }, work: { type: 'string' } },
  allowPositionals: true,
});
const [id = 'musicgen-small'] = positionals;
const { files = '.', work = '.' } = values;

let sent = 0;
let requests = 0;
const server = createServer((request, response) => {
  requests++;
  const path = join(files, (request.url ?? '').split('/').at(-1) ?? '');
  const stats = statSync(path, { throwIfNoEntry: false });
  if (!stats?.isFile()) {
    response.writeHead(404).end();
    return;
  }
  const match = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '');
  const start = Number(match?.[1] ?? 0);
  const end = match?.[2] ? Math.min(Number(match[2]), stats.size - 1) : stats.size - 1;
  response.writeHead(match ? 206 : 200, {
    'content-length': end - start + 1,
    etag: `"${stats.size}-${stats.mtimeMs}"`,
    ...(match ? { 'content-range': `bytes ${start}-${end}/${stats.size}` } : {}),
  });
  const stream = createReadStream(path, { start, end });
  stream.on('data', (piece) => {
    sent += piece.length;
  });
  stream.pipe(response);
  response.on('close', () => stream.destroy());
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

/** Peak memory of the install process, in MB: `VmHWM`, which counts mapped files too; anonymous pages beside it. */
let peak = 0;
let anonymous = 0;
const host: ProcessHost = {
  start(module, args) {
    const handle = nodeHost.start(module, args);
    if (module !== 'main/models/worker') return handle;
    const watch = setInterval(() => {
      try {
        const status = readFileSync(`/proc/${handle.pid}/status`, 'utf8');
        const kilobytes = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1] ?? 0);
        peak = Math.max(peak, kilobytes('VmHWM') / 1000);
        anonymous = Math.max(anonymous, kilobytes('RssAnon') / 1000);
      } catch {
        clearInterval(watch);
      }
    }, 50);
    handle.onExit(() => clearInterval(watch));
    return handle;
  },
};

const folder = await mkdtemp(join(work, 'install-'));
try {
  const manager = new ModelManager({ host, shipped: modelsFolder, models: folder });
  const { port } = server.address() as AddressInfo;
  const began = new Map<string, number>();
  const start = performance.now();
  const record = await manager.install(id, {
    acceptLicence: true,
    source: `http://127.0.0.1:${port}/`,
    onProgress: ({ phase }: InstallProgress) => {
      if (!began.has(phase)) began.set(phase, performance.now());
    },
  });
  const end = performance.now();
  const marks = [...began, ['end', end] as const];
  for (const [i, [phase, at]] of marks.slice(0, -1).entries()) {
    console.log(`${phase.padEnd(10)} ${(((marks[i + 1]?.[1] ?? end) - at) / 1000).toFixed(1)} s`);
  }
  const size = statSync(join(files, 'model.safetensors'), { throwIfNoEntry: false })?.size ?? 0;
  const bytes = record.files.reduce((sum, file) => sum + file.size, 0);
  console.log(`${id}: ${((end - start) / 1000).toFixed(1)} s in all`);
  console.log(
    `fetched ${(sent / 1e6).toFixed(0)} MB of ${(size / 1e6).toFixed(0)} MB by ${requests} requests`,
  );
  console.log(
    `installed ${(bytes / 1e6).toFixed(0)} MB in ${(await readdir(manager.store.place(id))).length} files`,
  );
  console.log(
    `install process: peak ${peak.toFixed(0)} MB resident, ${anonymous.toFixed(0)} MB of it its own`,
  );
} finally {
  server.closeAllConnections();
  server.close();
  await rm(folder, { recursive: true, force: true });
}
