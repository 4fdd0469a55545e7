import type { Estimate } from '../bootstrap.ts';
import type { CalibrationBin } from '../evaluate.ts';
import { html, type Markup } from './markup.ts';
import { shareText } from './table.ts';

/** Our interval as a bar with a dot, the seed's figure as a tick, on a scale from 0 to 1. */
export function intervalChart(score: Estimate, seed: number | null): Markup {
  const at = (value: number) => (4 + 112 * Math.min(1, Math.max(0, value))).toFixed(1);
  return html`<svg class="interval" viewBox="0 0 120 16" role="img" aria-label="${shareText(score.value)}${
    seed === null ? '' : `, the seed has ${shareText(seed)}`
  }"><line class="axis" x1="4" x2="116" y1="8" y2="8"/><line class="range" x1="${at(score.low)}" x2="${at(
    score.high,
  )}" y1="8" y2="8"/><circle class="dot" cx="${at(score.value)}" cy="8" r="3.5"/>${
    seed === null ? null : html`<line class="tick" x1="${at(seed)}" x2="${at(seed)}" y1="2" y2="14"/>`
  }</svg>`;
}

/** Confidence against accuracy, one dot a tenth, as large as there are answers in it. */
export function calibrationChart(bins: readonly CalibrationBin[]): Markup {
  const size = 220;
  const edge = 34;
  const x = (value: number) => (edge + value * size).toFixed(1);
  const y = (value: number) => (8 + (1 - value) * size).toFixed(1);
  const most = Math.max(1, ...bins.map(({ n }) => n));
  const ticks = [0, 0.25, 0.5, 0.75, 1];
  const filled = bins.filter(({ n }) => n > 0);
  const points = filled.map(({ confidence, accuracy }) => `${x(confidence)},${y(accuracy)}`).join(' ');
  return html`<svg class="calibration" viewBox="0 0 ${size + edge + 12} ${size + 44}" role="img" aria-label="Accuracy against confidence">
${ticks.map(
  (tick) => html`<line class="grid" x1="${x(tick)}" x2="${x(tick)}" y1="${y(0)}" y2="${y(1)}"/>
<line class="grid" x1="${x(0)}" x2="${x(1)}" y1="${y(tick)}" y2="${y(tick)}"/>
<text class="tick-label" x="${x(tick)}" y="${size + 22}" text-anchor="middle">${tick}</text>
<text class="tick-label" x="${edge - 5}" y="${Number(y(tick)) + 3.5}" text-anchor="end">${tick}</text>`,
)}
<line class="ideal" x1="${x(0)}" y1="${y(0)}" x2="${x(1)}" y2="${y(1)}"/>
<polyline class="curve" points="${points}"/>
${filled.map(
  ({ n, confidence, accuracy }) =>
    html`<circle class="dot" cx="${x(confidence)}" cy="${y(accuracy)}" r="${(2 + 6 * Math.sqrt(n / most)).toFixed(1)}"><title>${n} answers: confidence ${shareText(confidence)}, right ${shareText(accuracy)}</title></circle>`,
)}
<text class="axis-label" x="${edge + size / 2}" y="${size + 40}" text-anchor="middle">confidence</text>
<text class="axis-label" transform="translate(9 ${8 + size / 2}) rotate(-90)" text-anchor="middle">accuracy</text></svg>`;
}

/** Answers against labels, shaded by the share of the label's examples. */
export function confusionTable(labels: readonly string[], confusion: readonly (readonly number[])[]): Markup {
  const cell = (counts: readonly number[], row: number, column: number): Markup => {
    const total = counts.reduce((sum, count) => sum + count, 0);
    const count = counts[column]!;
    const share = total === 0 ? 0 : Math.round((100 * count) / total);
    const kind = row === column ? 'hit' : 'miss';
    const title = `${labels[row]} answered as ${labels[column]}: ${count} of ${total}`;
    return html`<td class="${kind}${share > 55 ? ' strong' : ''}" style="--share:${share}%" title="${title}">${count === 0 ? '' : count}</td>`;
  };
  return html`<table class="confusion"><caption>Rows: the label. Columns: the answer.</caption>
<thead><tr><td></td>${labels.map((label) => html`<th scope="col"><span>${label}</span></th>`)}<th scope="col"><span>right</span></th></tr></thead>
<tbody>${confusion.map((counts, row) => {
    const total = counts.reduce((sum, count) => sum + count, 0);
    return html`<tr><th scope="row">${labels[row]!}</th>${counts.map((_, column) => cell(counts, row, column))}<td class="sum">${
      total === 0 ? '' : `${Math.round((100 * counts[row]!) / total)} %`
    }</td></tr>`;
  })}</tbody></table>`;
}

/** Score by layer with its interval. */
export function layerChart(
  points: readonly { readonly layer: number; readonly score: Estimate }[],
  seed: number | null,
): Markup {
  const [width, height, edge] = [640, 200, 34];
  const layers = points.map(({ layer }) => layer);
  const [first, last] = [Math.min(...layers), Math.max(...layers)];
  const values = points.flatMap(({ score }) => [score.low, score.high]).concat(seed ?? []);
  const bottom = Math.max(0, Math.floor(Math.min(...values) * 10) / 10);
  const top = Math.min(1, Math.ceil(Math.max(...values) * 10) / 10);
  const x = (layer: number) => (edge + ((layer - first) / Math.max(1, last - first)) * width).toFixed(1);
  const y = (value: number) => (8 + (1 - (value - bottom) / Math.max(0.1, top - bottom)) * height).toFixed(1);
  const ticks = Array.from({ length: Math.round((top - bottom) * 10) + 1 }, (_, at) => bottom + at / 10);
  const best = points.reduce((a, b) => (b.score.value > a.score.value ? b : a));
  const band = [
    ...points.map(({ layer, score }) => `${x(layer)},${y(score.high)}`),
    ...[...points].reverse().map(({ layer, score }) => `${x(layer)},${y(score.low)}`),
  ].join(' ');
  const shown = layers.filter((_, at) => layers.length <= 26 || at % Math.ceil(layers.length / 26) === 0);
  return html`<svg class="layers" viewBox="0 0 ${width + edge + 16} ${height + 46}" role="img" aria-label="Score by layer; best is layer ${best.layer}">
${ticks.map(
  (tick) =>
    html`<line class="grid" x1="${x(first)}" x2="${x(last)}" y1="${y(tick)}" y2="${y(tick)}"/><text class="tick-label" x="${edge - 5}" y="${Number(y(tick)) + 3.5}" text-anchor="end">${tick.toFixed(1)}</text>`,
)}
${shown.map((layer) => html`<text class="tick-label" x="${x(layer)}" y="${height + 22}" text-anchor="middle">${layer}</text>`)}
<polygon class="band" points="${band}"/>
${seed === null ? null : html`<line class="seed-line" x1="${x(first)}" x2="${x(last)}" y1="${y(seed)}" y2="${y(seed)}"/>`}
<polyline class="curve" points="${points.map(({ layer, score }) => `${x(layer)},${y(score.value)}`).join(' ')}"/>
${points.map(
  ({ layer, score }) =>
    html`<circle class="${layer === best.layer ? 'dot best' : 'dot'}" cx="${x(layer)}" cy="${y(score.value)}" r="${layer === best.layer ? 5 : 3}"><title>Layer ${layer}: ${shareText(score.value)} [${shareText(score.low)}, ${shareText(score.high)}]</title></circle>`,
)}
<text class="axis-label" x="${edge + width / 2}" y="${height + 42}" text-anchor="middle">layer</text></svg>`;
}
