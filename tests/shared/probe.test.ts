import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  applyProbe,
  applyTagProbe,
  meanDistribution,
  type Probe,
  ProbeError,
  parseAnyProbe,
  parseProbe,
  probeLogits,
  requireRepresentations,
  serialiseProbe,
  softmax,
  type TagProbe,
} from '../../src/shared/probe.ts';

/** Two representations of 2 and 1 numbers, one hidden layer of 2, three labels. */
const small: Probe = {
  id: 'small',
  version: '1',
  task: 'genre',
  labels: ['a', 'b', 'c'],
  inputs: [
    { representation: 'one', version: '1', dimension: 2 },
    { representation: 'two', version: '4', dimension: 1 },
  ],
  standardisation: {
    mean: Float32Array.of(1, 0, 0),
    scale: Float32Array.of(2, 1, 1),
    clip: 5,
  },
  layers: [
    {
      inputs: 3,
      outputs: 2,
      activation: 'relu',
      weights: Float32Array.of(1, 0, 1, 0, -1, 0),
      bias: Float32Array.of(0, 0.5),
    },
    {
      inputs: 2,
      outputs: 3,
      activation: 'linear',
      weights: Float32Array.of(1, 0, 0, 1, 1, 1),
      bias: Float32Array.of(0, 0, -1),
    },
  ],
  temperature: 2,
  provenance: {
    data: 'none',
    split: 'none',
    protocol: 'none',
    command: 'none',
    date: '2026-11-23',
    scores: [{ on: 'nothing', metric: 'accuracy', value: 0.5, n: 2 }],
  },
};

type Json = Record<string, unknown>;
const file = (change: (json: Json) => void = () => {}): string => {
  const json = JSON.parse(serialiseProbe(small)) as Json;
  change(json);
  return JSON.stringify(json);
};
const layersOf = (json: Json): Json[] => json.layers as Json[];

describe('applyProbe', () => {
  const vectors = new Map<string, ArrayLike<number>>([
    ['two', [3]],
    ['one', [5, -2]],
  ]);

  it('standardises, runs the layers and calibrates, as computed by hand', () => {
    // Standardised: 2, -2, 3. Hidden: 5, 2.5. Logits: 5, 2.5, 6.5; halved by the temperature.
    expect([...probeLogits(small, [5, -2, 3])]).toEqual([5, 2.5, 6.5]);
    const exponentials = [2.5, 1.25, 3.25].map(Math.exp);
    const sum = exponentials[0]! + exponentials[1]! + exponentials[2]!;
    applyProbe(small, vectors).forEach((probability, index) => {
      expect(probability).toBeCloseTo(exponentials[index]! / sum, 12);
    });
  });

  it('cuts what is unlike anything in training', () => {
    expect([...probeLogits(small, [1e9, 0, 0])]).toEqual([...probeLogits(small, [11, 0, 0])]);
  });

  it('refuses vectors that are missing, too long or not finite', () => {
    expect(() => applyProbe(small, new Map([['one', [1, 2]]]))).toThrow(/no vector of two/);
    expect(() => applyProbe(small, new Map([...vectors, ['two', [1, 2]]]))).toThrow(/2 numbers of two/);
    expect(() => applyProbe(small, new Map([...vectors, ['two', [Number.NaN]]]))).toThrow(ProbeError);
  });

  it('gives a distribution for any finite vector', () => {
    const number = fc.double({ noNaN: true, min: -1e30, max: 1e30 });
    fc.assert(
      fc.property(number, number, number, (a, b, c) => {
        const distribution = applyProbe(
          small,
          new Map([
            ['one', [a, b]],
            ['two', [c]],
          ]),
        );
        expect(distribution.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 9);
        expect(distribution.every((value) => value >= 0)).toBe(true);
      }),
    );
  });
});

describe('parseProbe', () => {
  it('reads what serialiseProbe writes', () => {
    expect(parseProbe(serialiseProbe(small))).toEqual(small);
    expect(serialiseProbe(parseProbe(serialiseProbe(small)))).toBe(serialiseProbe(small));
    expect(parseProbe(serialiseProbe({ ...small, standardisation: null }))).toEqual({
      ...small,
      standardisation: null,
    });
  });

  it('reads plain arrays too', () => {
    const text = file((json) => {
      layersOf(json)[0]!.bias = [0, 0.5];
    });
    expect(parseProbe(text)).toEqual(small);
  });

  const floats = (...values: number[]): string =>
    Buffer.from(Float32Array.from(values).buffer).toString('base64');

  it.each<[string, (json: Json) => void, RegExp]>([
    ['version 2 without an output', (json) => Object.assign(json, { formatVersion: 2 }), /damaged: output/],
    [
      'a lie of 16 GB',
      (json) => Object.assign(layersOf(json)[0]!, { outputs: 65_536 }),
      /bytes for the weights/,
    ],
    [
      'too many layers',
      (json) => Object.assign(json, { layers: new Array(9).fill(layersOf(json)[0]) }),
      /damaged: layers/,
    ],
    [
      'more inputs than any probe has',
      (json) =>
        Object.assign(json, {
          inputs: ['x', 'y'].map((representation) => ({ representation, version: '1', dimension: 65_536 })),
        }),
      /more numbers than any probe/,
    ],
    ['another format', (json) => Object.assign(json, { format: 'x' }), /not a Cratewise probe/],
    [
      'a newer version',
      (json) => Object.assign(json, { formatVersion: 3 }),
      /format version 3.*reads versions 1 to 2/,
    ],
    ['an unknown field', (json) => Object.assign(json, { surprise: 1 }), /damaged/],
    ['an unknown task', (json) => Object.assign(json, { task: 'mood' }), /damaged: task/],
    ['a repeated label', (json) => Object.assign(json, { labels: ['a', 'b', 'a'] }), /repeats a label/],
    ['too few labels', (json) => Object.assign(json, { labels: ['a', 'b'] }), /2 labels but 3 outputs/],
    ['a temperature of 0', (json) => Object.assign(json, { temperature: 0 }), /temperature/],
    ['a huge width', (json) => Object.assign(layersOf(json)[0]!, { outputs: 1e9 }), /outputs/],
    ['a wrong width', (json) => Object.assign(layersOf(json)[0]!, { outputs: 3 }), /bytes for the weights/],
    ['NaN', (json) => Object.assign(layersOf(json)[0]!, { bias: floats(Number.NaN, 0) }), /finite/],
    ['infinity', (json) => Object.assign(layersOf(json)[0]!, { bias: [1e300, 0] }), /finite/],
    ['missing numbers', (json) => Object.assign(layersOf(json)[0]!, { bias: [1] }), /1 numbers/],
    ['no base64', (json) => Object.assign(layersOf(json)[0]!, { bias: 'ä' }), /base64/],
    ['a relu at the end', (json) => Object.assign(layersOf(json)[1]!, { activation: 'relu' }), /linear/],
    [
      'a scale of 0',
      (json) => Object.assign(json.standardisation as Json, { scale: floats(1, 0, 1) }),
      /not positive/,
    ],
    [
      'another dimension',
      (json) => Object.assign((json.inputs as Json[])[0]!, { dimension: 3 }),
      /are needed/,
    ],
    [
      'a representation named twice',
      (json) => Object.assign((json.inputs as Json[])[0]!, { representation: 'two' }),
      /twice/,
    ],
  ])('refuses %s', (_, change, message) => {
    expect(() => parseProbe(file(change))).toThrow(ProbeError);
    expect(() => parseProbe(file(change))).toThrow(message);
  });

  it('refuses anything else with a ProbeError, never with another error', () => {
    const text = serialiseProbe(small);
    fc.assert(
      fc.property(fc.nat(text.length - 1), fc.string({ maxLength: 4 }), (at, patch) => {
        try {
          parseProbe(text.slice(0, at) + patch + text.slice(at + patch.length));
        } catch (error) {
          expect(error).toBeInstanceOf(ProbeError);
        }
      }),
    );
    fc.assert(
      fc.property(fc.json(), (json) => {
        expect(() => parseProbe(json)).toThrow(ProbeError);
      }),
    );
  });
});

describe('probes of tags', () => {
  const { task: _, ...rest } = small;
  const tags: TagProbe = { ...rest, task: 'tags', output: 'sigmoid' };

  it('are read back, beside those of version 1', () => {
    const text = serialiseProbe(tags);
    expect(JSON.parse(text)).toMatchObject({ formatVersion: 2, output: 'sigmoid', task: 'tags' });
    expect(parseAnyProbe(text)).toEqual(tags);
    expect(JSON.parse(serialiseProbe(small))).toMatchObject({ formatVersion: 1 });
    expect(parseAnyProbe(serialiseProbe(small))).toEqual(small);
  });

  it('give each label a probability of its own', () => {
    const vectors = new Map([
      ['one', [5, -2]],
      ['two', [3]],
    ]);
    const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
    applyTagProbe(tags, vectors).forEach((probability, at) => {
      expect(probability).toBeCloseTo(sigmoid([2.5, 1.25, 3.25][at]!), 12);
    });
  });

  it('are not taken for probes that choose one label', () => {
    expect(() => parseProbe(serialiseProbe(tags))).toThrow(/small suggests tags/);
    const claimsGenre = JSON.stringify({ ...JSON.parse(serialiseProbe(tags)), task: 'genre' });
    expect(() => parseAnyProbe(claimsGenre)).toThrow(/damaged: task/);
  });

  it('can be of version 2 and choose one label', () => {
    const text = file((json) => Object.assign(json, { formatVersion: 2, output: 'softmax' }));
    expect(parseProbe(text)).toEqual(small);
  });
});

describe('a probe that computes no finite numbers', () => {
  it('is refused when it is used, for each of its numbers is finite', () => {
    const huge = (length: number) => new Float32Array(length).fill(3e38);
    const layer = { inputs: 3, outputs: 3, weights: huge(9), bias: huge(3) };
    const layers = Array.from({ length: 8 }, (_, at) => {
      return { ...layer, activation: at < 7 ? ('relu' as const) : ('linear' as const) };
    });
    const probe = parseProbe(serialiseProbe({ ...small, layers, standardisation: null }));
    expect(() => probeLogits(probe, [3e38, 3e38, 3e38])).toThrow(/no finite numbers/);
  });
});

describe('requireRepresentations', () => {
  const one = { id: 'one', version: '1', dimension: 2 };
  const two = { id: 'two', version: '4', dimension: 1 };

  it('accepts what the probe was trained on, whatever else there is', () => {
    expect(() => requireRepresentations(small, [two, { ...one, id: 'other' }, one])).not.toThrow();
  });

  it('refuses another version, another dimension, and absence', () => {
    expect(() => requireRepresentations(small, [one])).toThrow(/two, which is not installed/);
    expect(() => requireRepresentations(small, [one, { ...two, version: '5' }])).toThrow(
      /version 4, not version 5/,
    );
    expect(() => requireRepresentations(small, [one, { ...two, dimension: 9 }])).toThrow(
      /dimension 1, not 9/,
    );
  });
});

describe('distributions', () => {
  it('are averaged over windows', () => {
    expect(
      meanDistribution([
        [1, 0],
        [0.5, 0.5],
      ]),
    ).toEqual([0.75, 0.25]);
    expect(() => meanDistribution([])).toThrow(RangeError);
  });

  it('softmax is steady for large logits', () => {
    expect(softmax([1000, 1000, -1000])).toEqual([0.5, 0.5, 0]);
  });
});
