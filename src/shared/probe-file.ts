import { z } from 'zod';
import { type AnyProbe, type Probe, ProbeError, type ProbeLayer, type Standardisation } from './probe.ts';

/*
 * The probe file: a shallow network over the vectors of one representation or several, as JSON that a person can
 * read. Numbers in bulk are base64 of little-endian 32-bit floats (plain arrays are read too).
 */

const FORMAT = 'cratewise-probe';

/**
 * Version 1 names one label of several. Version 2 adds `output`: with `sigmoid` each label is there or not, for
 * itself, and the task is `tags`. What version 1 can say is still written as version 1.
 */
const NEWEST_VERSION = 2;

/** Limits far above any real probe, so that a hostile file can't ask for gigabytes. */
const MAX_TEXT = 64 * 1024 * 1024;
const MAX_WIDTH = 65_536;
const MAX_LABELS = 4_096;

const name = z.string().min(1).max(200);
const numbers = z.union([z.string().max(MAX_TEXT), z.array(z.number())]);
const width = z.int().min(1).max(MAX_WIDTH);

const commonFields = {
  format: z.literal(FORMAT),
  id: name,
  version: name,
  inputs: z
    .array(z.strictObject({ representation: name, version: name, dimension: width }))
    .min(1)
    .max(32),
  standardisation: z
    .strictObject({ mean: numbers, scale: numbers, clip: z.number().positive().nullable() })
    .nullable(),
  layers: z
    .array(
      z.strictObject({
        outputs: width,
        activation: z.enum(['relu', 'linear']),
        weights: numbers,
        bias: numbers,
      }),
    )
    .min(1)
    .max(8),
  temperature: z.number().positive().max(1000),
  pooling: z.enum(['distributions', 'vectors']).optional(),
  provenance: z.strictObject({
    data: z.string(),
    split: z.string(),
    protocol: z.string(),
    command: z.string(),
    date: z.iso.date(),
    scores: z.array(
      z.strictObject({ on: z.string(), metric: z.string(), value: z.number(), n: z.int().nonnegative() }),
    ),
  }),
};

const oneLabel = {
  task: z.enum(['genre', 'key']),
  labels: z.array(name).min(2).max(MAX_LABELS),
};

const fileSchemas = {
  1: z.strictObject({ ...commonFields, ...oneLabel, formatVersion: z.literal(1) }),
  2: z.discriminatedUnion('output', [
    z.strictObject({
      ...commonFields,
      ...oneLabel,
      formatVersion: z.literal(2),
      output: z.literal('softmax'),
    }),
    z.strictObject({
      ...commonFields,
      formatVersion: z.literal(2),
      output: z.literal('sigmoid'),
      task: z.literal('tags'),
      labels: z.array(name).min(1).max(MAX_LABELS),
    }),
  ]),
} as const;

type ProbeFile = z.infer<(typeof fileSchemas)[keyof typeof fileSchemas]>;

/**
 * Reads the file of a probe that names one label of several, trusting nothing in it.
 * @param text the whole file
 * @throws ProbeError that says what is wrong: no JSON, another format or a newer version, numbers that are missing,
 *   too many or not finite, layers that don't fit each other or the labels, a multi-label probe
 */
export function parseProbe(text: string): Probe {
  const probe = parseAnyProbe(text);
  if (probe.task === 'tags') {
    throw new ProbeError(`Probe ${probe.id} suggests tags; it does not choose one label of several.`);
  }
  return probe;
}

/**
 * Reads the file of any probe: one that chooses a label, or one that suggests several.
 * @throws ProbeError as `parseProbe`
 */
export function parseAnyProbe(text: string): AnyProbe {
  if (text.length > MAX_TEXT) throw new ProbeError('The probe file is larger than any probe can be.');
  const file = readFile(text);
  if (new Set(file.labels).size !== file.labels.length) throw new ProbeError('The probe repeats a label.');
  if (new Set(file.inputs.map((input) => input.representation)).size !== file.inputs.length) {
    throw new ProbeError('The probe names a representation twice.');
  }
  const dimension = file.inputs.reduce((sum, input) => sum + input.dimension, 0);
  if (dimension > MAX_WIDTH) throw new ProbeError('The probe reads more numbers than any probe can.');

  const layers: ProbeLayer[] = [];
  let width = dimension;
  file.layers.forEach((layer, index) => {
    const where = `layer ${index + 1}`;
    layers.push({
      inputs: width,
      outputs: layer.outputs,
      activation: layer.activation,
      weights: readNumbers(layer.weights, width * layer.outputs, `the weights of ${where}`),
      bias: readNumbers(layer.bias, layer.outputs, `the bias of ${where}`),
    });
    width = layer.outputs;
  });
  if (width !== file.labels.length) {
    throw new ProbeError(`The probe has ${file.labels.length} labels but ${width} outputs.`);
  }
  if (layers.at(-1)!.activation !== 'linear')
    throw new ProbeError('The last layer of a probe must be linear.');

  const rest = {
    id: file.id,
    version: file.version,
    labels: file.labels,
    inputs: file.inputs,
    standardisation: readStandardisation(file.standardisation, dimension),
    layers,
    temperature: file.temperature,
    ...(file.pooling ? { pooling: file.pooling } : {}),
    provenance: file.provenance,
  };
  return file.task === 'tags'
    ? { ...rest, task: file.task, output: file.output }
    : { ...rest, task: file.task };
}

function readFile(text: string): ProbeFile {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new ProbeError('The probe file is not JSON.', { cause });
  }
  const head = z.object({ format: z.literal(FORMAT), formatVersion: z.int() }).safeParse(json);
  if (!head.success) throw new ProbeError('The file is not a Cratewise probe.', { cause: head.error });
  const { formatVersion } = head.data;
  if (formatVersion !== 1 && formatVersion !== 2) {
    throw new ProbeError(
      `The probe file has format version ${formatVersion}; this Cratewise reads versions 1 to ${NEWEST_VERSION}.`,
    );
  }
  const file = fileSchemas[formatVersion].safeParse(json);
  if (!file.success) {
    const issue = file.error.issues[0];
    throw new ProbeError(`The probe file is damaged: ${issue?.path.join('.')}: ${issue?.message}.`, {
      cause: file.error,
    });
  }
  return file.data;
}

function readStandardisation(file: ProbeFile['standardisation'], dimension: number): Standardisation | null {
  if (file === null) return null;
  const mean = readNumbers(file.mean, dimension, 'the means');
  const scale = readNumbers(file.scale, dimension, 'the scales');
  if (scale.some((value) => value <= 0)) throw new ProbeError('A scale of the probe is not positive.');
  return { mean, scale, clip: file.clip };
}

function readNumbers(source: string | readonly number[], count: number, what: string): Float32Array {
  const values = typeof source === 'string' ? decodeFloats(source, count, what) : Float32Array.from(source);
  if (values.length !== count) {
    throw new ProbeError(`The probe has ${values.length} numbers for ${what}; ${count} are needed.`);
  }
  if (!values.every(Number.isFinite)) throw new ProbeError(`Not all of ${what} are finite numbers.`);
  return values;
}

function decodeFloats(base64: string, count: number, what: string): Float32Array {
  let binary: string;
  try {
    binary = atob(base64);
  } catch (cause) {
    throw new ProbeError(`${what} of the probe are not base64.`, { cause });
  }
  if (binary.length !== count * 4) {
    throw new ProbeError(`The probe has ${binary.length} bytes for ${what}; ${count * 4} are needed.`);
  }
  const view = new DataView(new ArrayBuffer(binary.length));
  for (let at = 0; at < binary.length; at++) view.setUint8(at, binary.charCodeAt(at));
  return Float32Array.from({ length: count }, (_, index) => view.getFloat32(index * 4, true));
}

function encodeFloats(values: Float32Array): string {
  const view = new DataView(new ArrayBuffer(values.length * 4));
  values.forEach((value, index) => {
    view.setFloat32(index * 4, value, true);
  });
  let binary = '';
  for (let at = 0; at < view.byteLength; at++) binary += String.fromCharCode(view.getUint8(at));
  return btoa(binary);
}

/**
 * The file of a probe; `parseProbe` or `parseAnyProbe` reads the same probe back. Equal probes give equal text.
 */
export function serialiseProbe(probe: AnyProbe): string {
  const { standardisation } = probe;
  const isTags = probe.task === 'tags';
  const file = {
    format: FORMAT,
    formatVersion: isTags ? 2 : 1,
    id: probe.id,
    version: probe.version,
    task: probe.task,
    ...(isTags ? { output: probe.output } : {}),
    labels: [...probe.labels],
    inputs: probe.inputs.map(({ representation, version, dimension }) => ({
      representation,
      version,
      dimension,
    })),
    provenance: { ...probe.provenance, scores: [...probe.provenance.scores] },
    temperature: probe.temperature,
    ...(probe.pooling ? { pooling: probe.pooling } : {}),
    standardisation:
      standardisation === null
        ? null
        : {
            mean: encodeFloats(standardisation.mean),
            scale: encodeFloats(standardisation.scale),
            clip: standardisation.clip,
          },
    layers: probe.layers.map((layer) => ({
      outputs: layer.outputs,
      activation: layer.activation,
      weights: encodeFloats(layer.weights),
      bias: encodeFloats(layer.bias),
    })),
  };
  return `${JSON.stringify(file, null, 2)}\n`;
}
