import { SEED_TABLE, seedRowOf } from '../comparable.ts';
import type { ExperimentResult, WrongAnswer } from '../experiment.ts';
import { calibrationChart, confusionTable, intervalChart, layerChart } from './charts.ts';
import { fileAddress, html, Markup } from './markup.ts';
import { STYLE } from './style.ts';
import { buildTable, type Cell, estimateText, type Measurement, shareText } from './table.ts';

/** Wrong answers that are listed a label; `report.json` has all. */
const LISTED = 8;

/** What one experiment says to the table. */
export function measurementOf(result: ExperimentResult): Measurement {
  return {
    representations: result.representations.map(({ id }) => id),
    task: result.dataset.task,
    dataset: result.dataset.name,
    score: result.score,
    n: result.bySong?.n ?? result.evaluation.n,
    comparable: result.comparable,
  };
}

/**
 * The report as one HTML page that loads nothing: no script, no style sheet, no picture from elsewhere.
 * @param date ISO date, without a time
 */
export function reportPage(results: readonly ExperimentResult[], date: string): string {
  const sorted = [...results].sort((a, b) => b.score.value - a.score.value);
  const datasets = [...new Map(results.map(({ dataset }) => [dataset.name, dataset])).values()];
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Cratewise lab report, ${date}</title>
<style>${STYLE_MARKUP}</style>
</head>
<body><main>
<h1>Lab report</h1>
<p class="soft">${date} · ${count(results.length, 'experiment')} on ${datasets.map(({ name }) => name).join(', ')}</p>
${seedTable(results)}
${layerSweeps(results)}
<h2>Experiments</h2>
<p class="soft">Best first. Open one for its confusion matrix, its calibration, and the files that it got wrong.</p>
${sorted.map((result, at) => experimentDetails(result, at === 0))}
<h2>How to read this</h2>
<p>Each figure is the mean over the rows it was measured on, with its bootstrap 95 % interval (10,000 resamples).
<b>test</b> rows chose nothing. Where a data set has no split, each row is answered by a probe that had not seen it
(<b>folds</b>); the strength of its penalty was chosen on the same rows, which flatters the figure a little.
Calibration error is the mean distance between confidence and accuracy over 15 equally wide bins.</p>
</main></body>
</html>
`;
  return page.text;
}

/** Our own style sheet: not to be escaped. */
const STYLE_MARKUP = new Markup(STYLE);

function count(n: number, noun: string): string {
  return `${n.toLocaleString('en')} ${noun}${n === 1 ? '' : 's'}`;
}

function seedTable(results: readonly ExperimentResult[]): Markup {
  const rows = buildTable(results.map(measurementOf));
  return html`<h2>Beside the seed’s table</h2>
<p class="soft">Genre: accuracy on the 290 test clips of fault-filtered GTZAN. Key: MIREX weighted score on the 604 songs of
GiantSteps. A figure on other rows stands in grey, and can’t be compared.</p>
<div class="scroll"><table class="figures">
<thead><tr><th rowspan="2">representation</th><th class="group" colspan="3">genre</th><th class="group" colspan="3">key</th></tr>
<tr><th class="group">seed</th><th>ours</th><th></th><th class="group">seed</th><th>ours</th><th></th></tr></thead>
<tbody>${rows.map(
    ({ name, seed, genre, key }) => html`<tr><th scope="row">${name}</th>
${figureCells(seed?.genre ?? null, genre, name)}${figureCells(seed?.key ?? null, key, name)}</tr>`,
  )}</tbody></table></div>
<div class="legend"><span><i class="l-ours"></i>ours with 95 % interval</span><span><i class="l-seed"></i>the seed’s figure</span><span>scale from 0 to 1</span></div>`;
}

function figureCells(seed: number | null, cell: Cell | null, name: string): Markup {
  const first = html`<td class="first seedfig number">${seed === null ? '' : shareText(seed)}</td>`;
  if (!cell) {
    const why = name === 'State of the art' ? 'published systems for one task' : 'not measured here';
    return html`${first}<td class="gap" colspan="2">${why}</td>`;
  }
  const said = `${cell.what}, ${cell.dataset}, n ${cell.n}`;
  if (!cell.comparable) {
    return html`${first}<td class="gap" colspan="2">${estimateText(cell.score)}<br>not comparable: ${said}</td>`;
  }
  const above = seed !== null && cell.score.low > seed;
  return html`${first}<td><span class="${above ? 'figure above' : 'figure'}">${shareText(cell.score.value)}</span>
<span class="range-text">[${shareText(cell.score.low)}, ${shareText(cell.score.high)}]<br>${said}</span></td>
<td>${intervalChart(cell.score, seed)}</td>`;
}

/** Representations called `<model>:<layer>`, three or more of a model on one data set, as a curve. */
function layerSweeps(results: readonly ExperimentResult[]): Markup {
  const sweeps = new Map<string, { layer: number; result: ExperimentResult }[]>();
  for (const result of results) {
    const match = /^(.+):(\d{1,4})$/.exec(result.representations[0]!.id);
    if (!match || result.representations.length > 1) continue;
    const name = `${match[1]!} on ${result.dataset.name}`;
    sweeps.set(name, [...(sweeps.get(name) ?? []), { layer: Number(match[2]), result }]);
  }
  const drawn = [...sweeps].filter(([, points]) => points.length >= 3);
  if (drawn.length === 0) return html``;
  return html`<h2>Layer sweep</h2>
<p class="soft">The same probe on each layer of a model. The band is the 95 % interval; the dashed line, where there is one,
is the seed’s figure.</p>
${drawn.map(([name, points]) => {
  const sorted = [...points].sort((a, b) => a.layer - b.layer);
  const { representations, dataset, comparable } = sorted[0]!.result;
  const seed = comparable ? (seedRowOf(representations[0]!.id)?.[dataset.task] ?? null) : null;
  return html`<h3>${name}</h3>${layerChart(
    sorted.map(({ layer, result }) => ({ layer, score: result.score })),
    seed,
  )}`;
})}`;
}

function experimentDetails(result: ExperimentResult, open: boolean): Markup {
  const { dataset, representations, evaluation, bySong, measuredOn, chosen, trials } = result;
  const metric = dataset.task === 'key' ? 'MIREX score' : 'accuracy';
  const facts = [
    `${count(evaluation.n, measuredOn === 'test' ? 'test row' : 'row')}${measuredOn === 'test' ? '' : ' by folds'}`,
    ...(bySong ? [`${count(bySong.n, 'song')}, pooled by ${bySong.pooling}`] : []),
    ...(evaluation.mirex ? [`accuracy ${estimateText(bySong?.accuracy ?? evaluation.accuracy)}`] : []),
    `loss ${evaluation.loss.toFixed(3)}`,
    `calibration error ${shareText(evaluation.calibrationError)}`,
    `trained on ${dataset.train + (measuredOn === 'folds' ? dataset.valid : 0)} rows${dataset.valid > 0 ? `, chosen on ${dataset.valid}` : ''}`,
    ...(dataset.missing > 0 ? [`${count(dataset.missing, 'row')} without vectors left out`] : []),
  ];
  const inputs = representations.map(
    ({ id, version, dimension }) => `${id} version ${version} (${dimension})`,
  );
  return html`<details${open ? new Markup(' open') : null}><summary><b>${representations.map(({ id }) => id).join(' + ')}</b>
<span class="soft">${dataset.name}, ${dataset.task}</span>
<span class="right">${metric} <b>${shareText(result.score.value)}</b> <span class="range-text">[${shareText(result.score.low)}, ${shareText(result.score.high)}]</span></span></summary>
<div class="inside"><p class="note">${facts.join(' · ')}<br>${inputs.join(', ')}<br>Chosen from ${count(trials.length, 'candidate')}: ${chosen}.</p>
<div class="pair"><div class="scroll"><h3>What was answered</h3>${confusionTable(dataset.labels, evaluation.confusion)}</div>
<div><h3>Is its confidence honest?</h3>${calibrationChart(evaluation.bins)}<p class="note">On the dashed line it is; below it, it promises too much.</p></div></div>
<h3>Wrong answers to listen to</h3>${wrongAnswers(dataset.labels, result.wrong)}</div></details>`;
}

function wrongAnswers(labels: readonly string[], wrong: readonly WrongAnswer[]): Markup {
  if (wrong.length === 0) return html`<p class="note">None.</p>`;
  return html`<p class="note">The surest first, at most ${LISTED} a label; report.json lists all ${wrong.length}.</p>
<div class="errors">${labels.map((label) => {
    const own = wrong.filter((each) => each.label === label);
    if (own.length === 0) return html``;
    const more = own.length - LISTED;
    return html`<section><h4>${label} <span class="soft">${own.length} wrong</span></h4><ol>${own
      .slice(0, LISTED)
      .map(wrongItem)}${more > 0 ? html`<li class="more">and ${more} more</li>` : null}</ol></section>`;
  })}</div>`;
}

function wrongItem({ path, id, clip, answer, confidence }: WrongAnswer): Markup {
  const name = path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1) || id;
  const where = clip === null ? '' : ` (from ${clip * 30} s)`;
  return html`<li><a href="${fileAddress(path)}" title="${path}">${name}${where}</a><span>${answer}</span><span class="soft">${Math.round(100 * confidence)} %</span></li>`;
}

/** Rows of the seed's table for which nothing comparable was measured, for people and programs. */
export function gapsOf(results: readonly ExperimentResult[]): { genre: string[]; key: string[] } {
  const rows = buildTable(results.map(measurementOf));
  const names = new Set(SEED_TABLE.map(({ name }) => name));
  const lacking = (task: 'genre' | 'key') =>
    rows.filter((row) => names.has(row.name) && !row[task]?.comparable).map(({ name }) => name);
  return { genre: lacking('genre'), key: lacking('key') };
}
