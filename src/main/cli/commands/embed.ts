import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Embedding } from '../../../shared/prediction.ts';
import { embedFile } from '../../analysis/embed.ts';
import { nodeHost } from '../../host/node-host.ts';
import { writeNpy } from '../../lab/write-npy.ts';
import { DEVICES, PRECISIONS, REPRESENTATION_ID } from '../../library/settings.ts';
import { pathArguments } from '../arguments.ts';
import type { Command, CommandContext } from '../command.ts';
import { reportDevices } from '../device-text.ts';
import type { Arguments } from '../options.ts';
import { pathRecord } from '../output.ts';
import { safeText } from '../text.ts';
import { UsageError } from '../usage-error.ts';

function layersOption(args: Arguments): readonly number[] | 'all' | undefined {
  const text = args.text('layers');
  if (text === undefined || text === 'all') return text;
  const layers = text.split(',').map(Number);
  if (text.trim() === '' || !layers.every((layer) => Number.isInteger(layer) && layer >= 0 && layer < 1000))
    throw new UsageError(`--layers takes all, or numbers with commas; not “${text}”.`);
  return layers;
}

function outputOption(args: Arguments): { path: string; format: 'npy' | 'json' } | undefined {
  const text = args.text('out');
  if (text === undefined) return undefined;
  const format = /\.(npy|json)$/i.exec(text)?.[1]?.toLowerCase();
  if (format !== 'npy' && format !== 'json')
    throw new UsageError('--out takes a file whose name ends in .npy or .json.');
  return { path: resolve(text), format };
}

function embeddingRecord({ representation, version, origin, vector }: Embedding) {
  return { representation, version, ...origin, dimension: vector.length, vector: Array.from(vector) };
}

/** Rows of one width, one a layer. */
function matrixOf(embeddings: readonly Embedding[]): { shape: number[]; data: Float32Array } {
  const width = embeddings[0]!.vector.length;
  const data = new Float32Array(embeddings.length * width);
  embeddings.forEach(({ vector }, row) => {
    data.set(vector, row * width);
  });
  return { shape: embeddings.length === 1 ? [width] : [embeddings.length, width], data };
}

export const embed: Command = {
  name: 'embed',
  synopsis: '<file> --representation <id>',
  summary: 'Compute the vector of a file: built-in, of an installed net, of MusicGen’s layers',
  details: 'The mean over the passages that are listened to. Nothing is stored in the library.',
  options: {
    representation: { type: 'string', value: '<id>', help: 'mfcc, chroma, choi, musicgen-small, …' },
    layers: { type: 'string', value: '<list>', help: 'all, or numbers with commas: one vector a layer' },
    windows: { type: 'string', value: '<n>', help: 'half-minutes to listen to; 0: the whole track' },
    device: { type: 'string', value: '<device>', help: `where a large model runs: ${DEVICES.join(', ')}` },
    precision: { type: 'string', value: '<precision>', help: PRECISIONS.join(', ') },
    out: { type: 'string', value: '<file>', help: 'a .npy (32-bit floats, one row a layer) or .json file' },
  },
  async run(context: CommandContext) {
    const { args, out } = context;
    const [path, ...others] = pathArguments(args, 'file');
    if (path === undefined || others.length > 0) throw new UsageError('Name one file.');
    const representation = args.text('representation') ?? 'mfcc';
    if (!REPRESENTATION_ID.test(representation))
      throw new UsageError(`“${representation}” is not the id of a representation.`);
    const layers = layersOption(args);
    const output = outputOption(args);
    const count = args.integer('windows', 0, 1000);
    const embedded = await embedFile(nodeHost, {
      path,
      representation,
      signal: context.signal,
      ...(layers ? { layers } : {}),
      ...(count === undefined ? {} : { windows: { count, seconds: 30 } }),
      devices: {
        device: args.choice('device', DEVICES) ?? 'auto',
        precision: args.choice('precision', PRECISIONS) ?? 'auto',
      },
    });
    const { embeddings, durationSeconds, windows, devices } = embedded;
    const record = {
      ...pathRecord(path),
      durationSeconds,
      windows,
      embeddings: embeddings.map(embeddingRecord),
    };
    out.record({ type: 'embedding', ...record });
    reportDevices(out, devices);
    if (output?.format === 'json') await writeFile(output.path, `${JSON.stringify(record)}\n`);
    if (output?.format === 'npy') {
      const { shape, data } = matrixOf(embeddings);
      await writeFile(output.path, writeNpy(shape, data));
    }
    for (const { representation: id, version, vector, origin } of embeddings) {
      const how = origin ? `, ${origin.precision} on ${origin.provider}` : '';
      const numbers = output
        ? ''
        : `\n${Array.from(vector, (value) => Number(value.toPrecision(6))).join(' ')}`;
      out.line(`${safeText(id)}@${safeText(version)}: ${vector.length} numbers${how}${numbers}`);
    }
    if (output) out.line(`Written to ${safeText(output.path)}`);
  },
};
