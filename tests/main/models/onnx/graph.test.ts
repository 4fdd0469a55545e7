import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { afterAll, describe, expect, it } from 'vitest';
import { GraphBuilder } from '../../../../src/main/models/onnx/graph.ts';

const folder = mkdtempSync(join(tmpdir(), 'cratewise-onnx-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('GraphBuilder', () => {
  it('writes models that ONNX Runtime runs: attributes, shared constants, own and external weights', async () => {
    const g = new GraphBuilder('test');
    const x = g.input('x', 'float32', ['n', 2]);
    writeFileSync(
      join(folder, 'weights.bin'),
      Buffer.concat([Buffer.alloc(8), Buffer.from(Float32Array.of(1, 2, 3, 4).buffer)]),
    );
    const w = g.external('w', 'float32', [2, 2], { location: 'weights.bin', offset: 8, length: 16 });
    const b = g.constant('b', Float32Array.of(10, 20), [2]);
    const y = g.op('Gemm', [x, w, b], { transB: 1, alpha: { float: 0.5 } });
    const z = g.op('Add', [g.op('Add', [y, g.float(1)]), g.float(1)]);
    const mean = g.op('ReduceMean', [z, g.ints(0)], { keepdims: 0 });
    const [low, high] = g.ops('Split', [mean], { axis: 0, num_outputs: 2 }, { outputs: 2 });
    g.output('low', low!, 'float32', [1]);
    g.output('high', high!, 'float32', [1]);
    writeFileSync(join(folder, 'm.onnx'), g.encode());
    const session = await InferenceSession.create(join(folder, 'm.onnx'), { logSeverityLevel: 3 });
    const result = await session.run({ x: new Tensor('float32', [1, 1, 3, 3], [2, 2]) });
    // Row means of x are (2, 2): .5 · (2·1 + 2·2) + 10 + 2 = 15; .5 · (2·3 + 2·4) + 20 + 2 = 29.
    expect([result.low?.data[0], result.high?.data[0]]).toEqual([15, 29]);
  });

  it('refuses weights that do not fill their shape', () => {
    const g = new GraphBuilder('test');
    expect(() => g.constant('c', Float32Array.of(1, 2, 3), [2, 2])).toThrow(RangeError);
    expect(() => g.external('e', 'float16', [4], { location: 'a', offset: 0, length: 16 })).toThrow(
      RangeError,
    );
    expect(() => g.op('Elu', ['x'], { alpha: 0.5 })).toThrow(TypeError);
  });
});
