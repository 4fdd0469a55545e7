import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BadWeightsError } from '../../../../src/main/models/bad-weights.ts';
import { PyTorchFile } from '../../../../src/main/models/readers/pytorch.ts';
import { readPickle } from '../../../../src/main/models/readers/pytorch-pickle.ts';
import * as sample from '../pytorch-sample.ts';

const { op } = sample;
let folder = '';
let number = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cratewise-pytorch-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function opened(bytes: Uint8Array, at: readonly string[] = []): Promise<PyTorchFile> {
  const path = join(folder, `${number++}.pt`);
  await writeFile(path, bytes);
  return PyTorchFile.open(path, at);
}

/** Reads every tensor of a file; closes it whatever happens. */
async function readAll(bytes: Uint8Array): Promise<Map<string, number[]>> {
  const file = await opened(bytes);
  try {
    const found = new Map<string, number[]>();
    for (const name of file.names()) found.set(name, [...(await file.floats(name, file.shape(name)))]);
    return found;
  } finally {
    await file.close();
  }
}

const six = new Uint8Array(Float32Array.of(1, 2, 3, 4, 5, 6).buffer);
const withTensor = (tensor: sample.SampleTensor, stored: Uint8Array = six) =>
  sample.zip({ 'a/data.pkl': sample.pickle({ w: sample.tensor(tensor) }), 'a/data/0': stored });

describe('a PyTorch checkpoint', () => {
  it('gives its tensors, also from within', async () => {
    const bytes = sample.checkpoint({ 'a.weight': { shape: [2, 3], data: new Float32Array(six.buffer) } }, [
      'x',
      'y',
    ]);
    const file = await opened(bytes, ['x', 'y']);
    expect(file.names()).toEqual(['a.weight']);
    expect([...(await file.floats('a.weight', [2, 3]))]).toEqual([1, 2, 3, 4, 5, 6]);
    await expect(file.floats('a.weight', [3, 2])).rejects.toThrow('is [2, 3], it should be [3, 2]');
    await expect(file.floats('b', [1])).rejects.toThrow('no tensor b');
    await file.close();
  });

  it('is read through strides and offsets', async () => {
    const transposed = withTensor({ key: '0', shape: [3, 2], strides: [1, 3], elements: 6 });
    expect((await readAll(transposed)).get('w')).toEqual([1, 4, 2, 5, 3, 6]);
    const part = withTensor({ key: '0', shape: [2], strides: [2], offset: 3, elements: 6 });
    expect((await readAll(part)).get('w')).toEqual([4, 6]);
  });

  it('says where a tensor lies only if it is in one piece', async () => {
    const file = await opened(withTensor({ key: '0', shape: [3, 2], strides: [1, 3], elements: 6 }));
    expect(() => file.place('w', [3, 2])).toThrow('not stored in one piece');
    await file.close();
  });

  it('may hold half floats and numbers of other kinds beside its tensors', async () => {
    const half = new Uint8Array(new Uint16Array([0x3c00, 0xc000]).buffer);
    const entries = { shape: [2], strides: [1], elements: 2 };
    const bytes = sample.zip({
      'a/data.pkl': sample.pickle({
        half: sample.tensor({ key: '0', storage: 'HalfStorage', ...entries }),
        brain: sample.tensor({ key: '1', storage: 'BFloat16Storage', ...entries }),
        epoch: op.int(98),
        scalar: sample.join(op.global('numpy.core.multiarray', 'scalar'), op.emptyTuple, op.reduce),
      }),
      'a/data/0': half,
      'a/data/1': new Uint8Array(new Uint16Array([0x3f80, 0xc000]).buffer),
    });
    expect(await readAll(bytes)).toEqual(
      new Map([
        ['half', [1, -2]],
        ['brain', [1, -2]],
      ]),
    );
  });
});

describe('a checkpoint of torch before 1.6', () => {
  const tensors = {
    a: { shape: [2, 3], data: new Float32Array(six.buffer) },
    b: { shape: [2], data: Float32Array.of(7, 8) },
  };

  it('gives its tensors, and where they lie', async () => {
    const bytes = sample.legacyCheckpoint(tensors);
    expect(await readAll(bytes)).toEqual(
      new Map([
        ['a', [1, 2, 3, 4, 5, 6]],
        ['b', [7, 8]],
      ]),
    );
    const file = await opened(bytes);
    const { type, start, length } = file.place('b', [2]);
    expect({ type, start, length }).toEqual({ type: 'float32', start: bytes.length - 8, length: 8 });
    expect([...new Float32Array((await file.bytes(start, length)).buffer)]).toEqual([7, 8]);
    await file.close();
  });

  it('is refused where it is cut off or counts otherwise', async () => {
    const whole = sample.legacyCheckpoint(tensors);
    for (let at = 0; at < whole.length; at += 7) {
      await expect(readAll(whole.subarray(0, at))).rejects.toThrow(BadWeightsError);
    }
    await expect(readAll(sample.legacyCheckpoint(tensors, { count: 3 }))).rejects.toThrow('another size');
  });
});

describe('a pickle that is not just tensors', () => {
  const system = sample.join(op.global('os', 'system'), op.mark, op.str('id'), op.tuple, op.reduce);
  it.each([
    ['os.system', system],
    ['eval', op.global('builtins', 'eval')],
    ['torch.load', op.global('torch', 'load')],
    ['a storage of no such type', op.global('torch', 'FloatStorage.__class__')],
    ['a class', sample.join(op.global('collections', 'OrderedDict'), op.emptyTuple, [0x81])],
    ['the state of an object', sample.join(op.str('x'), op.dict, op.build)],
    ['a call of a text', sample.join(op.str('x'), op.emptyTuple, op.reduce)],
    ['a call of a storage', sample.join(op.global('torch', 'FloatStorage'), op.emptyTuple, op.reduce)],
    ['an extension', [0x82, 1]],
    ['an old-style instance', sample.join(op.mark, [0x69], new TextEncoder().encode('os\nsystem\n'))],
  ])('is refused: %s', (_, value) => {
    expect(() => readPickle(sample.pickle({ w: Uint8Array.from(value) }))).toThrow(BadWeightsError);
  });

  it('says which name it asks for', () => {
    expect(() => readPickle(sample.pickle({ w: system }))).toThrow('asks for "os.system"');
  });

  it.each([
    ['a length beyond the end', sample.join(op.proto, [0x58, 0xff, 0xff, 0xff, 0xff, 0x41])],
    ['an empty stack', sample.join(op.proto, op.setItem)],
    ['no mark', sample.join(op.proto, op.int(1), op.tuple)],
    ['a mark as a value', sample.join(op.proto, op.mark, op.stop)],
    ['what was never kept', sample.join(op.proto, [0x68, 7], op.stop)],
    ['no end', sample.join(op.proto, op.int(1))],
    ['nothing', new Uint8Array()],
  ])('is refused: %s', (_, bytes) => {
    expect(() => readPickle(bytes)).toThrow(BadWeightsError);
  });

  it('never throws anything else, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          readPickle(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(BadWeightsError);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe('a checkpoint that lies', () => {
  const tensor = { key: '0', shape: [2, 3], strides: [3, 1], elements: 6 };
  it.each([
    ['a huge shape', { ...tensor, shape: [2 ** 30, 2 ** 30] }, 'reaches beyond'],
    ['a huge shape of one number', { ...tensor, shape: [2 ** 30], strides: [0] }, 'reaches beyond'],
    ['strides beyond what is stored', { ...tensor, strides: [4, 1] }, 'reaches beyond'],
    ['an offset beyond what is stored', { ...tensor, offset: 1 }, 'reaches beyond'],
    ['fewer strides than dimensions', { ...tensor, strides: [1] }, 'differ'],
    ['a negative stride', { ...tensor, strides: [-3, 1] }, 'not understood'],
    ['a negative size', { ...tensor, shape: [-2, -3] }, 'not understood'],
    ['more elements than its file', { ...tensor, elements: 600, shape: [600], strides: [1] }, 'not the size'],
    ['a key that is a path', { ...tensor, key: '../data.pkl' }, 'not understood'],
    ['a key that is not there', { ...tensor, key: '9' }, 'not the size'],
    ['whole numbers for weights', { ...tensor, storage: 'LongStorage' }, 'not floating point'],
  ])('is refused: %s', async (_, lie, message) => {
    const error = await readAll(withTensor(lie)).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(BadWeightsError);
    expect(String(error)).toContain(message);
  });

  it('is refused: NaN', async () => {
    const nan = new Uint8Array(Float32Array.of(1, 2, Number.NaN, 4, 5, 6).buffer);
    await expect(readAll(withTensor(tensor, nan))).rejects.toThrow('NaN');
  });

  it.each([
    ['compressed entries', sample.zip({ 'a/data.pkl': six }, { method: 8 }), 'compressed'],
    [
      'entries longer than the file',
      sample.zip({ 'a/data.pkl': six }, { claim: 2 ** 31 }),
      'overflows file bounds',
    ],
    ['no pickle', sample.zip({ 'a/other': six }), 'no checkpoint'],
    ['no archive', six, 'no sound ZIP archive'],
    ['an empty file', new Uint8Array(), 'no sound ZIP archive'],
    [
      'big-endian numbers',
      sample.zip({ 'a/data.pkl': six, 'a/byteorder': Buffer.from('big') }),
      'big-endian',
    ],
  ])('is refused: %s', async (_, bytes, message) => {
    const error = await readAll(bytes).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(BadWeightsError);
    expect(String(error)).toContain(message);
  });

  it('is refused or read, but nothing else, wherever it is cut off or changed', async () => {
    const whole = withTensor(tensor);
    await fc.assert(
      fc.asyncProperty(
        fc.nat(whole.length - 1),
        fc.integer({ min: 0, max: 255 }),
        fc.boolean(),
        async (at, byte, cut) => {
          const bytes = cut ? whole.slice(0, at) : whole.slice();
          if (!cut) bytes[at] = byte;
          const result = await readAll(bytes).catch((thrown: unknown) => thrown);
          if (!(result instanceof Map)) expect(result).toBeInstanceOf(BadWeightsError);
          if (cut) expect(result).toBeInstanceOf(BadWeightsError);
        },
      ),
      { numRuns: 150 },
    );
  });
});
