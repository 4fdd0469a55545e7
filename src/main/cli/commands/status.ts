import type { AnalyserDescription } from '../../../shared/analysis.ts';
import { PROVIDER_NAMES } from '../../../shared/device.ts';
import { BUILT_IN, isLargeTier, STANDARD } from '../../../shared/tier.ts';
import { ANALYSE, describeAnalyser, withSettings } from '../../analysis/analyse.ts';
import { describeDevices, lastDevices } from '../../analysis/devices.ts';
import { planPasses, type TierChoice } from '../../analysis/plan.ts';
import type { Catalogue, WorkCounts } from '../../catalogue/index.ts';
import { nodeHost } from '../../host/node-host.ts';
import { settingsOf } from '../../library/settings.ts';
import type { Command, CommandContext } from '../command.ts';
import { pathRecord } from '../output.ts';
import { plural, safeText } from '../text.ts';

function sumCounts(counts: readonly WorkCounts[]): WorkCounts {
  const sum = { queued: 0, held: 0, done: 0, failed: 0, setAside: 0 };
  for (const count of counts) {
    for (const state of ['queued', 'held', 'done', 'failed', 'setAside'] as const) sum[state] += count[state];
  }
  return sum;
}

/** What the library is set to listen with, as far as it is installed: a status never fails for what is not. */
function choiceFor(catalogue: Catalogue, description: AnalyserDescription): TierChoice {
  const choice = withSettings(catalogue, {});
  const there = (id: string) =>
    description.representations.some((representation) => representation.id === id);
  const { tier, keep = [] } = choice;
  const installed = tier !== undefined && (tier === BUILT_IN || there(tier));
  return { ...(installed ? { tier } : {}), keep: keep.filter(there) };
}

/** Where large models run; what else there is is looked for only where one of them is installed. */
async function devicesOf(catalogue: Catalogue, { representations }: AnalyserDescription) {
  const { device, precision } = settingsOf(catalogue);
  const chosen = { device, precision };
  if (!representations.some(({ tier }) => isLargeTier(tier))) return { chosen, others: [], models: [] };
  const { processor, others, models } = await describeDevices(catalogue, nodeHost);
  const last = lastDevices(catalogue);
  return {
    chosen,
    processor,
    others,
    models: models.map(({ model, prospects }) => ({ model, last: last[model] ?? null, prospects })),
  };
}

function describeDevicesFor(
  out: CommandContext['out'],
  devices: Awaited<ReturnType<typeof devicesOf>>,
): void {
  const { chosen, others, models } = devices;
  const asSet = `${chosen.device}${chosen.precision === 'auto' ? '' : `, ${chosen.precision}`}`;
  if (chosen.device !== 'auto' || chosen.precision !== 'auto' || models.length > 0)
    out.line(`Device   ${asSet} is set · “cratewise settings device=… precision=…” changes it`);
  for (const { provider, device, missing } of others)
    out.line(
      `  ${missing === null ? '✓' : '–'} ${safeText(`${device ?? ''} ${PROVIDER_NAMES[provider]}`.trim())}${missing === null ? '' : `: ${safeText(missing)}`}`,
    );
  for (const { model, last, prospects } of models) {
    if (last) {
      const where =
        last.provider === 'cpu' ? 'the processor' : `${last.device} by ${PROVIDER_NAMES[last.provider]}`;
      out.line(safeText(`  ${model} last ran on ${where}, ${last.precision} (${last.reason})`));
      continue;
    }
    const tried = prospects.filter((prospect) => prospect.tried).length;
    out.line(
      `  ${model} has not listened yet${tried > 0 ? `; ${tried} of ${prospects.length} ways were tried` : ''}`,
    );
  }
}

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
    const description = await describeAnalyser(catalogue, nodeHost);
    const choice = choiceFor(catalogue, description);
    const passes = planPasses(description, choice);
    const kinds = [...new Set([ANALYSE, ...passes.map(({ kind }) => kind)])];
    const queue = sumCounts(kinds.map((kind) => catalogue.queue.counts(kind)));
    const failures = kinds.flatMap((kind) => catalogue.queue.failures(kind));
    const due = passes.map(({ tier, predictors, representations }) => ({
      tier,
      tracks: catalogue.queue.countDue({ predictors, representations }),
      predictors: predictors.map(({ id, version }) => `${id}@${version}`),
      representations: representations.map(({ id, version }) => `${id}@${version}`),
    }));
    const devices = await devicesOf(catalogue, description);
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
      due,
      probes: description.problems,
      devices,
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
    for (const { tier, tracks: count, predictors } of due) {
      const what = predictors.map((predictor) => predictor.split(' of ')[0]).join(', ');
      const who = tier === STANDARD ? what : `${tier}${what ? ` (${what})` : ''}`;
      out.line(
        `Due      ${count === 0 ? 'nothing' : plural(count, 'track')} for ${who}${count > 0 ? ' · “cratewise analyze” listens' : ''}`,
      );
    }
    const { tier } = withSettings(catalogue, {});
    if (tier !== undefined && choice.tier !== tier)
      out.line(`Tier     ${tier} is set and not installed: cratewise models install ${tier}`);
    describeDevicesFor(out, devices);
    const waiting = description.problems.filter(({ code }) => code === 'not-installed');
    if (waiting.length > 0)
      out.line(
        `Probes   wait for models: ${waiting.map(({ file }) => safeText(file)).join(', ')} · “cratewise models list”`,
      );
    for (const { file, code, message } of description.problems)
      if (code === 'bad-probe') out.line(`  ✗ ${safeText(file)} is not used: ${safeText(message)}`);
    for (const { path, message } of failures)
      out.line(`  ✗ ${safeText(path ?? '(no file)')}: ${safeText(message)}`);
    const unfinished = catalogue.journal.unfinished().length;
    if (unfinished > 0) out.line(`Writes   ${plural(unfinished, 'write')} not finished`);
  },
};
