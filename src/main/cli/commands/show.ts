import { FileError } from '../../../shared/errors.ts';
import type { KeyNotation } from '../../../shared/music/key.ts';
import type { SuggestedTag } from '../../../shared/music/msd-tags.ts';
import type { FileDetails } from '../../catalogue/index.ts';
import { predictedValue } from '../../library/predicted-edits.ts';
import { suggestionsFor } from '../../library/suggestions.ts';
import { keyNotation, pathArguments } from '../arguments.ts';
import type { Command } from '../command.ts';
import { clock, percent, safeText } from '../text.ts';
import { trackRecord } from '../tracks.ts';

const SHOWN = 5;

function describeFile(
  file: FileDetails,
  notation: KeyNotation,
  suggestions: readonly SuggestedTag[],
): string[] {
  const lines = [safeText(file.path)];
  const sound = [
    file.container,
    file.track?.durationSeconds ? clock(file.track.durationSeconds) : null,
    file.track?.sampleRate ? `${file.track.sampleRate} Hz` : null,
    file.state === 'present' ? null : file.state,
  ];
  lines.push(`  ${sound.filter((part) => part !== null).join(' · ')}`);
  if (file.problem) lines.push(`  problem: ${safeText(file.problem.message)}`);
  for (const [field, values] of Object.entries(file.tags)) {
    lines.push(`  ${safeText(field).padEnd(14)} ${(values ?? []).map(safeText).join(' | ')}`);
  }
  for (const prediction of file.predictions) {
    const ranked = prediction.labels
      .map((label, i) => ({ label, probability: prediction.probabilities[i] ?? 0 }))
      .sort((a, b) => b.probability - a.probability)
      .slice(0, SHOWN)
      .map(
        ({ label, probability }) =>
          `${safeText(predictedValue(prediction.task, label, notation))} ${percent(probability)}`,
      );
    lines.push(
      `  predicted ${prediction.task.padEnd(5)} ${ranked.join(', ')}   (${prediction.predictor}@${prediction.version}${prediction.current ? '' : ', not in use'})`,
    );
  }
  if (suggestions.length > 0) {
    const named = suggestions.map(({ tag, activation }) => `${tag} ${percent(activation)}`);
    lines.push(`  suggested tags  ${named.join(', ')}   (musicnn)`);
  }
  if (file.track?.silentReason) lines.push(`  no prediction: ${file.track.silentReason}`);
  return lines;
}

export const show: Command = {
  name: 'show',
  synopsis: '<file…>',
  summary: 'Everything known of a file: tags, predictions with their distribution, suggested tags',
  options: {},
  async run(context) {
    const paths = pathArguments(context.args, 'file');
    const library = context.reader();
    const notation = keyNotation(context.args, library.settings);
    for (const path of paths) {
      const file = library.catalogue.files.details(path);
      if (!file) {
        context.out.failure(
          path,
          new FileError(
            'unknown-file',
            path,
            'This file is not in the library. “cratewise scan” takes its folder in.',
          ),
        );
        continue;
      }
      const suggestions = suggestionsFor(library.catalogue, file);
      context.out.record({
        ...trackRecord(file, notation, true),
        ...(suggestions.length > 0 ? { suggestedTags: suggestions } : {}),
      });
      for (const line of describeFile(file, notation, suggestions)) context.out.line(line);
    }
  },
};
