/** Sizes that models compute themselves, and other ways in which nodes hang together. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { graphModelGraph } from '../../../../adapters/tfjs/graph-model/index.ts';
import { sinkTransposes } from '../../../../adapters/tfjs/layout/index.ts';
import { MarnetError } from '../../../../core/errors.ts';
import type { Graph } from '../../../../core/graph/index.ts';
import { runOnnx } from '../stock.ts';
import { expectDraftSame } from './compare.ts';
import { b, Draft, i, is, noise, s, t } from './draft.ts';

/** `tf.shape(x)[at]` as TensorFlow writes it. */
function sizeAt(d: Draft, x: string, at: number, name: string): string {
  const shape = d.node('Shape', `${name}/shape`, [x], { out_type: t('DT_INT32') });
  const bounds = [at, at + 1, 1].map((value, n) => d.ints(`${name}/bound${n}`, [value]));
  return d.node('StridedSlice', name, [shape, ...bounds], { shrink_axis_mask: i(1), T: t('DT_INT32') });
}

const pack = (d: Draft, name: string, parts: readonly string[]): string =>
  d.node('Pack', name, parts, { axis: i(0), N: i(parts.length), T: t('DT_INT32') });

const ops = (graph: Graph): string[] => graph.nodes.map((node) => node.op);

describe('computed sizes', () => {
  it('[batch, -1] of Flatten takes no run', async () => {
    const d = new Draft();
    const x = d.input('x', [-1, 3, 2, 4]);
    const target = pack(d, 'target', [sizeAt(d, x, 0, 'batch'), d.ints('rest', [-1], [])]);
    d.outputs = [d.node('Reshape', 'y', [x, target])];
    const graph = await expectDraftSame(d);
    expect(ops(graph)).toEqual(['Reshape']);
    expect(graph.outputs[0]!.shape).toEqual(['batch', 24]);
  });

  it('products of sizes, the batch among them', async () => {
    const d = new Draft();
    const x = d.input('x', [-1, 3, 2, 4]);
    const rows = d.node('Mul', 'rows', [sizeAt(d, x, 1, 'height'), sizeAt(d, x, 2, 'width')], {
      T: t('DT_INT32'),
    });
    d.outputs = [
      d.node('Reshape', 'y', [
        x,
        pack(d, 'target', [sizeAt(d, x, 0, 'batch'), rows, d.ints('rest', [4], [])]),
      ]),
      d.node('Reshape', 'z', [x, pack(d, 'flat', [d.ints('open', [-1], []), d.ints('columns', [8], [])])]),
    ];
    const graph = await expectDraftSame(d);
    expect(ops(graph)).toEqual(['Reshape', 'Reshape']);
    expect(graph.outputs[0]!.shape).toEqual(['batch', 6, 4]);
  });

  it('Keras’ dense layer on images: Tensordot with Prod, GatherV2 and ConcatV2', async () => {
    const d = new Draft();
    const x = d.input('x', [-1, 3, 2, 4]);
    const shape = d.node('Shape', 'shape', [x], { out_type: t('DT_INT32') });
    const zero = d.ints('zero', [0], []);
    const free = d.node('GatherV2', 'free', [shape, d.ints('free/axes', [0, 1, 2]), zero], {
      batch_dims: i(0),
    });
    const count = d.node('Prod', 'count', [free, d.ints('first', [0])], { T: t('DT_INT32') });
    const rows = d.node('Reshape', 'matrix', [x, pack(d, 'stack', [count, d.ints('depth', [4], [])])]);
    const product = d.node('MatMul', 'product', [rows, d.random('kernel', 4, 5)]);
    const out = d.node('ConcatV2', 'out/shape', [free, d.ints('five', [5]), zero], { N: i(2) });
    d.outputs = [d.node('Reshape', 'y', [product, out])];
    const graph = await expectDraftSame(d);
    expect(graph.outputs[0]!.shape).toEqual(['batch', 3, 2, 5]);
  });

  it('Fill of the batch size, joined to a value', async () => {
    const d = new Draft();
    const x = d.input('x', [-1, 3]);
    const dims = pack(d, 'dims', [sizeAt(d, x, 0, 'batch'), d.ints('two', [2], [])]);
    const filled = d.node('Fill', 'filled', [dims, d.constant('value', [], [0.5])]);
    d.outputs = [d.node('ConcatV2', 'y', [x, filled, d.ints('axis', [1], [])], { N: i(2) })];
    await expectDraftSame(d);
  });

  it('twice the size, for resizing', async () => {
    const d = new Draft();
    const x = d.input('x', [-1, 3, 4, 2]);
    const shape = d.node('Shape', 'shape', [x], { out_type: t('DT_INT32') });
    const bounds = [1, 3, 1].map((value, n) => d.ints(`bound${n}`, [value]));
    const size = d.node('StridedSlice', 'size', [shape, ...bounds], { T: t('DT_INT32') });
    const twice = d.node('Mul', 'twice', [size, d.ints('two', [2])], { T: t('DT_INT32') });
    d.outputs = [
      d.node('ResizeNearestNeighbor', 'y', [x, twice], {
        align_corners: b(false),
        half_pixel_centers: b(true),
      }),
    ];
    await expectDraftSame(d);
  });
});

describe('StridedSlice', () => {
  it('cuts as stock TensorFlow.js does, whatever its masks', async () => {
    const entry = fc.record({
      begin: fc.integer({ min: -6, max: 6 }),
      length: fc.integer({ min: 1, max: 5 }),
      stride: fc.constantFrom(1, 2, 3),
      kind: fc.constantFrom('range', 'range', 'open', 'index', 'new'),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(entry, { minLength: 1, maxLength: 3 }), async (entries) => {
        const d = new Draft();
        const mask = (kinds: readonly string[]): number =>
          entries.reduce((bits, { kind }, at) => bits | (kinds.includes(kind) ? 1 << at : 0), 0);
        const axes = entries.map((_, at) => entries.slice(0, at).filter(({ kind }) => kind !== 'new').length);
        const size = [6, 5, 7];
        // Within the axis, as nobody slices for nothing: stock TensorFlow.js itself fails on empty results.
        const begins = entries.map(({ begin }, at) => {
          const wrapped = ((begin % size[axes[at]!]!) + size[axes[at]!]!) % size[axes[at]!]!;
          return begin < 0 ? wrapped - size[axes[at]!]! : wrapped;
        });
        const ends = entries.map(({ length, kind }, at) => {
          const wrapped = begins[at]! < 0 ? begins[at]! + size[axes[at]!]! : begins[at]!;
          if (kind === 'index') return wrapped + 1;
          return wrapped + length;
        });
        // Stock TensorFlow.js cuts at the wrong places where a stride meets an axis that goes away or comes in.
        const plain = entries.every(({ kind }) => kind === 'range' || kind === 'open');
        const strides = entries.map(({ stride }) => (plain ? stride : 1));
        const x = d.input('x', size);
        const bounds = [begins, ends, strides].map((values, n) => d.ints(`bound${n}`, values));
        d.outputs = [
          d.node('StridedSlice', 'y', [x, ...bounds], {
            begin_mask: i(mask(['open'])),
            end_mask: i(mask(['open'])),
            shrink_axis_mask: i(mask(['index'])),
            new_axis_mask: i(mask(['new'])),
          }),
        ];
        await expectDraftSame(d);
      }),
      { numRuns: 40, seed: 7 },
    );
  });
});

describe('data_format NCHW', () => {
  /** The same weights on the same image in both orders of axes. */
  function both(build: (d: Draft, x: string, first: boolean) => string): [Graph, Graph] {
    return [true, false].map((first) => {
      const d = new Draft();
      const x = d.input('x', first ? [2, 3, 8, 7] : [2, 8, 7, 3]);
      d.outputs = [build(d, x, first)];
      return sinkTransposes(graphModelGraph(d.artifacts));
    }) as [Graph, Graph];
  }
  const window = (first: boolean, list: number[]): number[] => (first ? [1, 1, ...list] : [1, ...list, 1]);
  const format = (first: boolean) => s(first ? 'NCHW' : 'NHWC');
  const builds: [string, (d: Draft, x: string, first: boolean) => string][] = [
    [
      'Conv2D',
      (d, x, first) =>
        d.node('Conv2D', 'y', [x, d.random('w', 3, 2, 3, 4)], {
          strides: is(...window(first, [2, 1])),
          dilations: is(...window(first, [1, 2])),
          padding: s('SAME'),
          data_format: format(first),
        }),
    ],
    [
      'explicit padding',
      (d, x, first) =>
        d.node('Conv2D', 'y', [x, d.random('w', 3, 2, 3, 4)], {
          strides: is(1, 1, 1, 1),
          padding: s('EXPLICIT'),
          explicit_paddings: is(...(first ? [0, 0, 0, 0, 2, 1, 0, 3] : [0, 0, 2, 1, 0, 3, 0, 0])),
          data_format: format(first),
        }),
    ],
    [
      'BiasAdd',
      (d, x, first) => d.node('BiasAdd', 'y', [x, d.random('bias', 3)], { data_format: format(first) }),
    ],
    [
      'MaxPool',
      (d, x, first) =>
        d.node('MaxPool', 'y', [x], {
          ksize: is(...window(first, [3, 2])),
          strides: is(...window(first, [2, 2])),
          padding: s('SAME'),
          data_format: format(first),
        }),
    ],
    [
      'FusedBatchNormV3',
      (d, x, first) =>
        d.node(
          'FusedBatchNormV3',
          'y',
          [
            x,
            ...['scale', 'offset', 'mean'].map((name) => d.random(name, 3)),
            d.constant('variance', [3], [0.4, 1.2, 3]),
          ],
          {
            epsilon: { f: 0.001 },
            data_format: format(first),
          },
        ),
    ],
  ];

  it.each(builds)('%s', async (_name, build) => {
    const [first, last] = both(build);
    const image = noise(2 * 3 * 8 * 7, 5);
    const moved = new Float32Array(image.length);
    for (let n = 0; n < 2; n++)
      for (let c = 0; c < 3; c++)
        for (let at = 0; at < 56; at++) moved[(n * 56 + at) * 3 + c] = image[(n * 3 + c) * 56 + at]!;
    const a = (await runOnnx(first, { x: { dtype: 'float32', dims: [2, 3, 8, 7], data: image } })).y!;
    const z = (await runOnnx(last, { x: { dtype: 'float32', dims: [2, 8, 7, 3], data: moved } })).y!;
    const [, c, h, w] = a.dims as [number, number, number, number];
    expect(z.dims).toEqual([2, h, w, c]);
    const [as, zs] = [a.data as Float32Array, z.data as Float32Array];
    as.forEach((value, at) => {
      const [n, channel, position] = [
        Math.floor(at / (c * h * w)),
        Math.floor(at / (h * w)) % c,
        at % (h * w),
      ];
      expect(zs[(n * h * w + position) * c + channel]).toBeCloseTo(value, 5);
    });
    expect(first.nodes.filter((node) => node.op === 'Transpose')).toEqual([]);
  });
});

describe('constants', () => {
  it('that several nodes read are one parameter, in each layout that they are read in', async () => {
    const d = new Draft();
    const x = d.input('x', [-1, 5, 5, 3]);
    const kernel = d.random('kernel', 3, 3, 3, 3);
    const attributes = {
      strides: is(1, 1, 1, 1),
      dilations: is(1, 1, 1, 1),
      padding: s('SAME'),
      data_format: s('NHWC'),
    };
    const once = d.node('Conv2D', 'once', [x, kernel], attributes);
    const twice = d.node('Conv2D', 'twice', [once, kernel], attributes);
    const norm = d.node('Sum', 'norm', [d.node('Square', 'square', [kernel]), d.ints('axes', [0, 1, 2])]);
    d.outputs = [d.node('RealDiv', 'y', [twice, norm])];
    const graph = await expectDraftSame(d);
    const kernels = graph.nodes.filter((node) => node.op === 'Conv').map((node) => node.inputs[1]);
    expect(kernels).toEqual(['kernel', 'kernel']);
  });
});

describe('what the graph says wrong', () => {
  const failing = (draft: Draft): MarnetError => {
    try {
      graphModelGraph(draft.artifacts);
    } catch (error) {
      if (error instanceof MarnetError) return error;
      throw error;
    }
    throw new Error('no error');
  };

  it('an op without translation is named with its node and the way to supply one', () => {
    const d = new Draft();
    d.outputs = [d.node('Bessel', 'head/bessel', [d.input('x', [-1, 3])])];
    const error = failing(d);
    expect(error.code).toBe('unsupported-model');
    expect(error.message).toBe('the op Bessel of node "head/bessel" has no translation to ONNX');
    expect(error.hint).toContain('translations: { Bessel: (operation) => ... }');
  });

  it('a translation can be supplied', async () => {
    const d = new Draft();
    d.outputs = [d.node('Bessel', 'y', [d.input('x', [-1, 3])])];
    const graph = graphModelGraph(d.artifacts, {
      Bessel: (operation) => operation.builder.neg(operation.x()),
    });
    const result = await runOnnx(graph, {
      x: { dtype: 'float32', dims: [1, 3], data: Float32Array.of(1, 2, 3) },
    });
    expect(result.y!.data).toEqual(Float32Array.of(-1, -2, -3));
  });

  it('a constant without weights, an input that is not there, a kernel that is computed', () => {
    const lost = new Draft();
    lost.outputs = [lost.node('AddV2', 'y', [lost.input('x', [-1, 3]), lost.random('c', 3)])];
    lost.weights.delete('c');
    expect(failing(lost)).toMatchObject({ code: 'external-data', message: expect.stringContaining('"c"') });

    const dangling = new Draft();
    dangling.outputs = [dangling.node('Relu', 'y', ['nowhere'])];
    expect(failing(dangling)).toMatchObject({
      code: 'not-a-model',
      message: expect.stringContaining('"nowhere"'),
    });

    const computed = new Draft();
    const x = computed.input('x', [2, 5, 5, 3]);
    computed.outputs = [
      computed.node('Conv2D', 'y', [x, computed.input('w', [3, 3, 3, 4])], { strides: is(1, 1, 1, 1) }),
    ];
    expect(failing(computed)).toMatchObject({
      code: 'unsupported-model',
      message: expect.stringContaining('"w"'),
    });
  });

  it('control inputs only order what has side effects', async () => {
    const d = new Draft();
    const x = d.input('x', [-1, 3]);
    d.node('NoOp', 'nothing', []);
    d.outputs = [d.node('Relu', 'y', [x, '^nothing'])];
    await expectDraftSame(d);
  });
});
