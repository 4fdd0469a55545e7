import { CratewiseError, toErrorShape } from '../../../shared/errors.ts';
import type { InstallProgress } from '../../../shared/model-install.ts';
import type { ModelManifest } from '../../../shared/model-manifest.ts';
import { nodeHost } from '../../host/node-host.ts';
import { cancelled } from '../../models/errors.ts';
import type { ModelManager, ModelStatus } from '../../models/manager.ts';
import { userModels } from '../../models/user-models.ts';
import { askYesNo, canAsk } from '../ask.ts';
import type { Command, CommandContext } from '../command.ts';
import { bytesText, describeInstall } from '../model-text.ts';
import { safeText } from '../text.ts';
import { UsageError } from '../usage-error.ts';

const STATES: Readonly<Record<ModelStatus['state'], string>> = {
  available: 'not installed',
  half: 'begun',
  installed: 'installed',
  outdated: 'needs update',
};

export const models: Command = {
  name: 'models',
  synopsis: 'list | install <model or tier…> | verify [model…] | remove <model…>',
  summary: 'Install models that listen better: the standard tier (a few MB), MusicGen (about 1 GB)',
  details:
    '“install standard” takes all of the standard tier. Files come from the authors’ own place, at a pinned revision, ' +
    'and are verified, converted and tested before they count; an installation that was cut off goes on where it ' +
    'stopped. docs/models.md says more, also on mirrors.',
  options: {
    source: { type: 'string', value: '<folder or URL>', help: 'fetch from a folder or a mirror instead' },
    'accept-licence': { type: 'boolean', help: 'accept the licences that have to be accepted' },
    again: { type: 'boolean', help: 'install also what is installed already' },
    'whole-file': {
      type: 'boolean',
      help: 'where a server gives no parts of files, fetch whole ones (much more for MusicGen)',
    },
  },
  async run(context) {
    const [verb = 'list', ...names] = context.args.positionals;
    const manager = userModels(nodeHost);
    if (verb === 'list' && names.length === 0) return list(context, manager);
    if (verb === 'install') return install(context, manager, await named(manager, names, 'all'));
    if (verb === 'verify') return verify(context, manager, await named(manager, names, 'installed'));
    if (verb === 'remove') {
      if (names.length === 0) throw new UsageError('Which model is to be removed? None was named.');
      return remove(context, manager, await named(manager, names, 'begun'));
    }
    throw new UsageError('models takes list, install, verify or remove.');
  },
};

/** The models that ids and tiers mean. @param among those of a tier (of all, without a name) that are meant */
async function named(
  manager: ModelManager,
  names: readonly string[],
  among: 'all' | 'installed' | 'begun',
): Promise<ModelManifest[]> {
  const all = await manager.list();
  const there: Readonly<Record<typeof among, (model: ModelStatus) => boolean>> = {
    all: () => true,
    installed: ({ record }) => record !== null,
    begun: ({ state }) => state !== 'available',
  };
  if (names.length === 0) {
    if (among === 'all') throw new UsageError('Which model? “cratewise models list” names them.');
    return all.filter(there[among]).map(({ manifest }) => manifest);
  }
  const chosen = names.flatMap((name) => {
    const one = all.filter(({ manifest }) => manifest.id === name);
    const tier = all.filter(({ manifest }) => manifest.tier === name);
    const found = one.length > 0 ? one : tier.filter(there[among]);
    if (tier.length > 0 && found.length === 0) return [];
    if (found.length === 0)
      throw new UsageError(`There is no model “${name}”; “cratewise models list” names them.`);
    if (name === 'musicgen' && among === 'all') {
      throw new UsageError(`Which one? ${found.map(({ manifest }) => manifest.id).join(', ')}.`);
    }
    return found.map(({ manifest }) => manifest);
  });
  return [...new Map(chosen.map((manifest) => [manifest.id, manifest])).values()];
}

async function list({ out }: CommandContext, manager: ModelManager): Promise<void> {
  const all = await manager.list();
  const width = Math.max(...all.map(({ manifest }) => manifest.id.length));
  let tier = '';
  for (const { manifest, state, record, fetchedBytes } of all) {
    const { id, name, purpose, version, downloadBytes, installedBytes, licence } = manifest;
    out.record({
      type: 'model',
      id,
      name,
      tier: manifest.tier,
      purpose,
      state,
      version,
      installedVersion: record?.version ?? null,
      downloadBytes,
      installedBytes: record ? record.files.reduce((sum, { size }) => sum + size, 0) : installedBytes,
      fetchedBytes,
      licence: licence.name,
      licenceUrl: licence.url,
      mustAccept: licence.mustAccept,
    });
    if (tier !== manifest.tier) out.line(`${manifest.tier}:`);
    tier = manifest.tier;
    const size =
      state === 'half'
        ? `${bytesText(fetchedBytes)} of ${bytesText(downloadBytes)}`
        : bytesText(downloadBytes);
    out.line(
      `  ${id.padEnd(width)}  ${STATES[state].padEnd(13)}  ${size.padStart(7)}  ${licence.name}  ${purpose}`,
    );
  }
}

/** Shows how far an installation or a verification is. */
function showProgress(out: CommandContext['out'], id: string): (progress: InstallProgress) => void {
  return (progress) =>
    out.progress.update({
      label: `${id}: ${progress.phase}`,
      done: progress.done,
      total: progress.total,
      text: describeInstall(progress),
    });
}

async function install(
  context: CommandContext,
  manager: ModelManager,
  manifests: readonly ModelManifest[],
): Promise<void> {
  const { args, out, signal } = context;
  const source = args.text('source');
  let installed = 0;
  for (const { id } of manifests) {
    await eachModel(context, id, async () => {
      const record = await manager.install(id, {
        acceptLicence: (plan) => accepted(context, plan.manifest, plan.downloadBytes),
        again: args.flag('again'),
        wholeFile: args.flag('whole-file'),
        signal,
        onProgress: showProgress(out, id),
        ...(source === undefined ? {} : { source }),
      });
      out.progress.clear();
      installed++;
      const bytes = record.files.reduce((sum, { size }) => sum + size, 0);
      const { version, source: from } = record;
      out.record({ type: 'installed', id, version, source: from, bytes, folder: manager.store.place(id) });
      out.line(`${id} is installed (${bytesText(bytes)}, from ${safeText(from)}).`);
    });
  }
  out.record({ type: 'summary', command: 'models', installed, failed: out.failures.length });
}

/** Says what is about to be fetched under which licence, and asks where that has to be accepted. */
async function accepted(
  { args, out, signal }: CommandContext,
  { id, name, licence }: ModelManifest,
  bytes: number,
): Promise<boolean> {
  out.note(
    `${name} (${id}): ${bytesText(bytes)} to fetch. Licence ${licence.name}, ${licence.copyright}: ${licence.url}`,
  );
  if (licence.notice) out.note(licence.notice);
  if (!licence.mustAccept || args.flag('accept-licence')) return true;
  if (!canAsk() || out.json) return false;
  const yes = await askYesNo(`Do you accept the licence of ${name}?`, signal);
  if (signal.aborted) throw cancelled();
  return yes;
}

async function verify(
  context: CommandContext,
  manager: ModelManager,
  manifests: readonly ModelManifest[],
): Promise<void> {
  const { out, signal } = context;
  if (manifests.length === 0) out.line('No model is installed.');
  for (const { id } of manifests) {
    await eachModel(context, id, async () => {
      const report = await manager.verify(id, {
        signal,
        onProgress: showProgress(out, id),
      });
      out.progress.clear();
      out.record({ type: 'verified', id, ...report });
      if (report.sound) {
        out.line(`${id} is as it was installed, and passes its test.`);
        return;
      }
      const { changed, missing, extra, problem } = report;
      const parts = [
        ...changed.map((file) => `${file} was changed`),
        ...missing.map((file) => `${file} is missing`),
        ...extra.map((file) => `${file} does not belong there`),
        ...(problem === null ? [] : [problem]),
      ];
      throw new CratewiseError(
        'model-damaged',
        `${parts.join('; ')}. Install it again: cratewise models install ${id} --again`,
      );
    });
  }
}

async function remove(
  context: CommandContext,
  manager: ModelManager,
  manifests: readonly ModelManifest[],
): Promise<void> {
  if (manifests.length === 0) context.out.line('Nothing of that is installed.');
  for (const { id } of manifests) {
    await eachModel(context, id, async () => {
      await manager.remove(id);
      context.out.record({ type: 'removed', id });
      context.out.line(`${id} is removed.`);
    });
  }
}

/** One model that fails does not keep the others from their turn; a cancelled call ends the command. */
async function eachModel({ out }: CommandContext, id: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    out.progress.clear();
    if (!(error instanceof CratewiseError) || error.code === 'closed') throw error;
    const { code, message } = toErrorShape(error);
    out.failures.push({ path: id, code, message });
    out.record({ type: 'error', model: id, code, message });
    if (!out.json) out.note(`✗ ${id}: ${safeText(message)}`);
  }
}
