import { describe, expect, it } from 'vitest';
import { loadModel } from '../../adapters/load.ts';
import {
  type Attributes,
  constantOf,
  float,
  float32,
  Graph,
  GraphBuilder,
  int,
  int64,
  ints,
  type Tensor,
  type Value,
} from '../../core/graph/index.ts';
import { decodeGraph, encodeGraph } from '../../core/onnx/index.ts';
import { prepareBackbone } from '../../core/runtime/backbone.ts';
import { openSession } from '../../core/runtime/session.ts';
import { liftConstants } from '../../core/runtime/skeleton.ts';
import {
  type GradientModel,
  type GradientModelOptions,
  gradientModel,
} from '../../core/train/gradient-model.ts';
import { normalsFor } from './normals.ts';

const BATCH = 3;
const CLASSES = 4;
const SIDE = 6;
const CHANNELS = 4;

function drawn(name: string, dims: readonly number[], scale = 0.4): Tensor & { data: Float32Array } {
  const data = new Float32Array(dims.reduce((p, d) => p * d, 1));
  normalsFor(5, name)(data);
  return { dtype: 'float32', dims, data: data.map((v) => v * scale) };
}

/** A 3x3 convolution, `layer` on what it gives [batch, channels, 4, 4], Flatten and Gemm. */
function classifier(opset: number, layer: (b: GraphBuilder, x: Value) => Value): Graph {
  const graph = new Graph();
  graph.opsets.set('', opset);
  const b = new GraphBuilder(graph);
  const weight = (name: string, dims: readonly number[]): Value => b.weight(name, drawn(name, dims));
  const image = b.input('image', 'float32', ['batch', 3, SIDE, SIDE]);
  const side = SIDE - 2;
  const x = b.op('Conv', [image, weight('stem', [CHANNELS, 3, 3, 3])]);
  const flat = b.op('Flatten', [layer(b, x)], { axis: int(1) });
  const last = [flat, weight('fc', [CHANNELS * side * side, CLASSES]), weight('fc.bias', [CLASSES])] as const;
  b.output(
    b.op('Gemm', last, {}, { names: ['logits'], types: [{ dtype: 'float32', shape: ['batch', CLASSES] }] }),
  );
  return graph;
}

/** The gradient model of a graph. */
async function gradientsOf(
  graph: Graph,
  options: Partial<GradientModelOptions> = {},
): Promise<GradientModel> {
  const model = await loadModel(encodeGraph(graph));
  return gradientModel(model, { batch: BATCH, loss: 'cross-entropy', logits: 'logits', ...options });
}

/**
 * The model's own logits, run by onnxruntime as the file says, in a cross-entropy in double precision: its slope along
 * each gradient, by central differences, is that gradient's length. @returns names of the weights that were compared.
 */
async function checkGradients(graph: Graph, made: GradientModel): Promise<string[]> {
  const logits = graph.outputs[0]!.name;
  const image = drawn('image', [BATCH, 3, SIDE, SIDE], 1);
  const labels = new Float32Array(BATCH * CLASSES);
  for (let row = 0; row < BATCH; row++) labels[row * CLASSES + ((row * 3 + 1) % CLASSES)] = 1;
  const weights: Record<string, Tensor & { data: Float32Array }> = {};
  for (const [name, { dims, data }] of Object.entries(made.parameters))
    weights[name] = { dtype: 'float32', dims, data };
  const gradient = await openSession(made.bytes);
  const results = await gradient.run({
    ...weights,
    [made.inputs.image]: image,
    [made.inputs.labels]: { dtype: 'float32', dims: [BATCH, CLASSES], data: labels },
  });
  await gradient.close();
  const open = graph.clone();
  liftConstants(open, (name) => name in weights);
  const forward = await openSession(encodeGraph(open), { optimization: 'disabled' });
  const lossOf = async (feeds: Record<string, Tensor>): Promise<number> => {
    const { data } = (await forward.run({ image, ...weights, ...feeds }))[logits] as { data: Float32Array };
    let loss = 0;
    for (let row = 0; row < BATCH; row++) {
      const scores = Array.from(data.subarray(row * CLASSES, (row + 1) * CLASSES));
      const sum = scores.reduce((total, score) => total + Math.exp(score), 0);
      loss += (Math.log(sum) - scores[(row * 3 + 1) % CLASSES]!) / BATCH;
    }
    return loss;
  };
  expect(results[made.outputs.loss]!.data[0]).toBeCloseTo(await lossOf({}), 4);
  for (const [name, { dims, data }] of Object.entries(weights)) {
    const slope = results[made.outputs.gradients[name]!]!.data as Float32Array;
    const length = Math.hypot(...slope);
    const at = (h: number): Promise<number> =>
      lossOf({ [name]: { dtype: 'float32', dims, data: data.map((v, i) => v + (h * slope[i]!) / length) } });
    const difference = async (h: number): Promise<number> => ((await at(h)) - (await at(-h))) / (2 * h);
    const expected = (4 * (await difference(0.005)) - (await difference(0.01))) / 3;
    expect(length, name).toBeGreaterThan(0);
    expect(
      Math.abs(expected - length),
      `${name}: ${length}, the difference quotient ${expected}`,
    ).toBeLessThan(0.01 * length + 2e-4);
  }
  await forward.close();
  return Object.keys(made.outputs.gradients).sort();
}

describe('gradientModel', () => {
  it.each([
    [18, 2],
    [21, CHANNELS],
  ])(
    'differentiates a GroupNormalization of operator set %i, which onnxruntime has no kernel for',
    async (opset, scales) => {
      const graph = classifier(opset, (b, x) => {
        const [scale, bias] = ['scale', 'bias'].map((name) => b.weight(name, drawn(name, [scales]))) as [
          Value,
          Value,
        ];
        return b.op('GroupNormalization', [x, scale, bias], { num_groups: int(2), epsilon: float(1e-3) });
      });
      expect(await checkGradients(graph, await gradientsOf(graph))).toEqual([
        'bias',
        'fc',
        'fc.bias',
        'scale',
        'stem',
      ]);
    },
  );

  it('differentiates an op whose sizes are known only after onnxruntime wrote it in others', async () => {
    const graph = classifier(18, (b, x) => {
      const sizes = b.integers([2, 8]);
      const type = { dtype: x.dtype, shape: ['batch', CHANNELS, 2, 8] };
      return b.op('CenterCropPad', [x, sizes], { axes: ints([2, 3]) }, { types: [type] });
    });
    expect(await checkGradients(graph, await gradientsOf(graph))).toEqual(['fc', 'fc.bias', 'stem']);
  });

  it('differentiates a Scatter, which operator set 11 gave another name', async () => {
    const graph = classifier(9, (b, x) => {
      const places = b.constant(int64([1, 0, 2, 3, 3, 1], [BATCH, 1, 1, 2]));
      const updates = b.weight('updates', drawn('updates', [BATCH, 1, 1, 2]));
      return b.op('Scatter', [x, places, updates], { axis: int(1) }, { types: [x] });
    });
    expect(await checkGradients(graph, await gradientsOf(graph))).toEqual([
      'fc',
      'fc.bias',
      'stem',
      'updates',
    ]);
  });

  it.each([17, 20])(
    'takes a DFT of operator set %i where it is frozen, and else says why not',
    async (opset) => {
      const graph = classifier(opset, (b, x) => {
        const pairs = b.op('Reshape', [x, b.integers([-1, CHANNELS, 8, 2])]);
        return b.op('DFT', [pairs], {}, { types: [{ dtype: 'float32', shape: ['batch', CHANNELS, 8, 2] }] });
      });
      expect(await checkGradients(graph, await gradientsOf(graph, { wrt: ['fc'] }))).toEqual(['fc']);
      await expect(gradientsOf(graph)).rejects.toMatchObject({
        code: 'no-gradient',
        message: expect.stringContaining('it is no function of images'),
      });
    },
  );

  describe.each<[string, number, string[], (b: GraphBuilder, x: Value) => Value]>([
    [
      'RotaryEmbedding',
      23,
      ['cos', 'sin'],
      (b, x) => {
        const [cos, sin] = ['cos', 'sin'].map((name) => b.weight(name, drawn(name, [BATCH, 4, 2])));
        return b.op('RotaryEmbedding', [x, cos!, sin!], {}, { types: [x] });
      },
    ],
    [
      'TensorScatter',
      24,
      ['cache'],
      (b, x) => {
        const cache = b.weight('cache', drawn('cache', [BATCH, CHANNELS, 4, 4]));
        const rows = b.op('Slice', [x, b.integers([0]), b.integers([3]), b.integers([2])]);
        return b.op('TensorScatter', [cache, rows, b.integers([1, 0, 1])], {}, { types: [x] });
      },
    ],
  ])('%s of operator set %i, which the one of training does not have', (_, opset, weights, layer) => {
    it('is differentiated', async () => {
      const graph = classifier(opset, layer);
      expect(await checkGradients(graph, await gradientsOf(graph))).toEqual(
        [...weights, 'fc', 'fc.bias', 'stem'].sort(),
      );
    });

    it('is taken where it is frozen', async () => {
      const graph = classifier(opset, layer);
      expect(await checkGradients(graph, await gradientsOf(graph, { wrt: ['fc'] }))).toEqual(['fc']);
    });
  });

  it('differentiates the inverse deviation of a SimplifiedLayerNormalization', async () => {
    const graph = classifier(17, (b, x) => {
      const scale = b.weight('scale', drawn('scale', [SIDE - 2]));
      const types = [x, { dtype: x.dtype, shape: ['batch', CHANNELS, SIDE - 2, 1] }];
      const [y, inverse] = b.ops('SimplifiedLayerNormalization', [x, scale], {}, { outputs: 2, types }) as [
        Value,
        Value,
      ];
      return b.mul(y, inverse);
    });
    expect(await checkGradients(graph, await gradientsOf(graph))).toEqual(['fc', 'fc.bias', 'scale', 'stem']);
  });

  describe('through ops of which onnxruntime infers no shape', () => {
    /** x -> a node of `op` -> Relu, their types left open. */
    const appended =
      (
        op: string,
        domain: string,
        others: (b: GraphBuilder) => readonly Value[],
        attributes: Attributes = {},
      ) =>
      (b: GraphBuilder, x: Value): Value => {
        if (domain !== '') b.graph.opsets.set(domain, 1);
        const inputs = [x, ...others(b)].map((value) => value.name);
        b.graph.nodes.push({ op, domain, name: 'opaque', inputs, outputs: ['opaque'], attributes });
        return b.relu({ ...x, name: 'opaque' });
      };
    const weights = ['fc', 'fc.bias', 'stem'];

    it('MeanVarianceNormalization', async () => {
      for (const opset of [9, 13]) {
        const graph = classifier(
          opset,
          appended('MeanVarianceNormalization', '', () => [], { axes: ints([2, 3]) }),
        );
        graph.types.clear();
        expect(await checkGradients(graph, await gradientsOf(graph))).toEqual(weights);
      }
    });

    it('Attention without a bias', async () => {
      const graphOf = (bias: (b: GraphBuilder) => Value[]): Graph => {
        const attention = appended(
          'Attention',
          'com.microsoft',
          (b) => [b.weight('qkv', drawn('qkv', [SIDE - 2, 3 * (SIDE - 2)], 0.2)), ...bias(b)],
          { num_heads: int(2) },
        );
        const graph = classifier(17, (b, x) => {
          const tokens = b.reshape(x, [0, -1, SIDE - 2]);
          return b.reshape(attention(b, tokens), [0, CHANNELS, SIDE - 2, SIDE - 2]);
        });
        graph.types.clear();
        return graph;
      };
      // Compared with one that has a bias of zeros: onnxruntime-node 1.30 loads the other one, and crashes when it runs it.
      const zeros = new Float32Array(3 * (SIDE - 2));
      const same = graphOf((b) => [b.weight('zeros', float32(zeros, [zeros.length]))]);
      const made = await gradientsOf(graphOf(() => []));
      expect(await checkGradients(same, made)).toEqual([...weights, 'qkv'].sort());
    });

    it("onnxruntime's own Pad", async () => {
      const pads = (b: GraphBuilder): Value[] => [b.integers([0, 0, 0, 1, 0, 0, 0, -1])];
      const graph = classifier(17, appended('Pad', 'com.microsoft', pads));
      graph.types.clear();
      expect(await checkGradients(graph, await gradientsOf(graph))).toEqual(weights);
    });
  });

  describe('of a BatchNormalization in training mode', () => {
    const inTraining = (b: GraphBuilder, x: Value, channels: number, name = 'normalized'): Value => {
      const parameter = (of: string, scale: number) => b.weight(of, drawn(of, [channels], scale));
      const given = [
        parameter('gain', 1),
        parameter('shift', 0.4),
        parameter('mean', 1),
        parameter('var', 1),
      ];
      const attributes = { training_mode: int(1), epsilon: float(1e-2) };
      const statistics = [1, 2].map(() => ({ dtype: x.dtype, shape: [channels] }));
      return b.ops('BatchNormalization', [x, given[0]!, given[1]!, given[2]!, given[3]!], attributes, {
        names: [name, 'running mean', 'running var'],
        types: [x, ...statistics],
      })[0]!;
    };

    it('differentiates weights that are standardised', async () => {
      const graph = classifier(17, (b, x) => {
        const flat = b.reshape(b.weight('kernel', drawn('kernel', [CHANNELS, CHANNELS, 1, 2])), [
          1,
          CHANNELS,
          CHANNELS * 2,
        ]);
        const kernel = b.reshape(inTraining(b, flat, CHANNELS), [CHANNELS, CHANNELS, 1, 2]);
        return b.op('Conv', [x, kernel], { pads: ints([0, 0, 0, 1]) });
      });
      const weights = ['fc', 'fc.bias', 'gain', 'kernel', 'shift', 'stem'];
      const made = await gradientsOf(graph);
      expect(await checkGradients(graph, made)).toEqual(weights);
      expect(decodeGraph(made.bytes).nodes.map((node) => node.op)).not.toContain('BatchNormalization');
    });

    it('leaves out ones and zeros, which stand for no scale and no bias', async () => {
      const graph = classifier(17, (b, x) => {
        const kernel = b.weight('kernel', drawn('kernel', [CHANNELS, CHANNELS, 1, 1]));
        return b.op('Conv', [x, inTraining(b, kernel, CHANNELS)]);
      });
      for (const [name, value] of [
        ['gain', 1],
        ['shift', 0],
      ] as const)
        graph.constants.set(name, constantOf(float32(new Float32Array(CHANNELS).fill(value))));
      expect(await checkGradients(graph, await gradientsOf(graph))).toEqual([
        'fc',
        'fc.bias',
        'kernel',
        'stem',
      ]);
    });

    it('takes no statistics of weights for running averages', async () => {
      const graph = classifier(17, (b, x) => {
        const kernel = b.weight('kernel', drawn('kernel', [CHANNELS, CHANNELS, 1, 1]));
        return b.op('Conv', [x, inTraining(b, kernel, CHANNELS)]);
      });
      const size = { height: SIDE, width: SIDE };
      const prepared = await prepareBackbone(graph, {
        outputs: ['logits'],
        batch: BATCH,
        size,
        statistics: true,
      });
      expect([...prepared.running]).toEqual([]);
    });

    it('refuses what it makes of the images, which depends on the batch', async () => {
      const graph = classifier(17, (b, x) => inTraining(b, x, CHANNELS));
      await expect(gradientsOf(graph)).rejects.toMatchObject({
        code: 'no-gradient',
        message: expect.stringContaining('it computes batch statistics'),
      });
    });
  });

  it('takes a transposed copy of a weight, which its statistics are made of, from the weight', async () => {
    const kernel = drawn('kernel', [1, CHANNELS, CHANNELS * 2]);
    const copy = kernel.data.map(
      (_, i) => kernel.data[(i % CHANNELS) * CHANNELS * 2 + Math.floor(i / CHANNELS)]!,
    );
    const standardised = (asCopy: boolean): Graph =>
      classifier(13, (b, x) => {
        const weight = b.weight('kernel', kernel);
        const rows = asCopy
          ? b.weight('copy', float32(copy, [1, CHANNELS * 2, CHANNELS]))
          : b.transpose(weight, [0, 2, 1]);
        const filled = (name: string, value: number) =>
          b.weight(name, float32(new Float32Array(CHANNELS).fill(value)));
        const mean = b.reduceMean(rows, [0, 1]);
        const centred = b.sub(rows, mean);
        const variance = b.reduceMean(b.mul(centred, centred), [0, 1]);
        const given = [weight, filled('ones', 1), filled('zeros', 0), mean, variance] as const;
        const normalized = b.op('BatchNormalization', given, { epsilon: float(1e-2) });
        const filter = b.reshape(normalized, [CHANNELS, CHANNELS, 1, 2]);
        return b.op('Conv', [x, filter], { pads: ints([0, 0, 0, 1]) });
      });
    const made = await gradientsOf(standardised(true));
    const weights = ['fc', 'fc.bias', 'kernel', 'stem'];
    expect(Object.keys(made.parameters).sort()).toEqual(weights);
    expect(await checkGradients(standardised(false), made)).toEqual(weights);
    const named = await gradientsOf(standardised(true), { wrt: ['copy'] });
    expect(Object.keys(named.parameters)).toEqual(['copy']);
  });

  it('differentiates through sizes that are known only after constants of other ops were folded', async () => {
    const graph = classifier(14, (b, x) => {
      // onnxruntime does not fold GreaterOrEqual.
      const isFixed = b.op('GreaterOrEqual', [b.integers([3, 3]), b.integers([1, 2])]);
      const sizes = b.where(isFixed, b.integers([CHANNELS, 4]), b.integers([1, 1]));
      const open = { dtype: x.dtype, shape: ['?', '?'] };
      const spread = b.op('Expand', [b.weight('row', drawn('row', [1, 4])), sizes], {}, { types: [open] });
      const shape = b.op('Concat', [sizes, b.integers([1])], { axis: int(0) });
      const type = { dtype: x.dtype, shape: ['?', '?', 1] };
      const added = b.op('Reshape', [spread, shape], {}, { types: [type] });
      return b.add(x, b.mul(b.weight('scale', drawn('scale', [CHANNELS, 4, 4])), added));
    });
    const weights = ['fc', 'fc.bias', 'row', 'scale', 'stem'];
    expect(await checkGradients(graph, await gradientsOf(graph))).toEqual(weights);
  });

  describe('through ops that onnxruntime has kernels of on GPUs alone', () => {
    /** The layer in channels last, in an op of onnxruntime's own. */
    const own =
      (op: string, others: (b: GraphBuilder, x: Value) => readonly Value[], attributes: Attributes = {}) =>
      (b: GraphBuilder, x: Value): Value => {
        b.graph.opsets.set('com.microsoft', 1);
        const last = b.transpose(x, [0, 2, 3, 1]);
        const inputs = [last, ...others(b, last)].map((value) => value.name);
        b.graph.nodes.push({ op, domain: 'com.microsoft', name: op, inputs, outputs: ['own'], attributes });
        return b.transpose({ ...last, name: 'own' }, [0, 3, 1, 2]);
      };
    const weight = (b: GraphBuilder, name: string, dims: readonly number[]): Value =>
      b.weight(name, drawn(name, dims));
    const perChannel = (b: GraphBuilder): [Value, Value] => [
      weight(b, 'scale', [CHANNELS]),
      weight(b, 'bias', [CHANNELS]),
    ];
    const groups = { groups: int(2), epsilon: float(1e-3), activation: int(0), channels_last: int(1) };
    const grouped = (b: GraphBuilder, x: Value): Value =>
      b.op('GroupNormalization', [x, ...perChannel(b)], { num_groups: int(2), epsilon: float(1e-3) });
    const kernel = (b: GraphBuilder): Value => weight(b, 'kernel', [CHANNELS, CHANNELS, 3, 3]);
    const pads = { pads: ints([1, 1, 1, 1]) };
    const rows = (b: GraphBuilder, x: Value): Value => b.reshape(x, [0, CHANNELS, (SIDE - 2) ** 2]);
    const maps = (b: GraphBuilder, x: Value): Value => b.reshape(x, [0, CHANNELS, SIDE - 2, SIDE - 2]);

    it.each([
      ['GroupNorm', own('GroupNorm', perChannel, groups), grouped],
      [
        'SkipGroupNorm',
        own('SkipGroupNorm', (b, x) => [...perChannel(b), x], groups),
        (b: GraphBuilder, x: Value) => grouped(b, b.add(x, x)),
      ],
      [
        'NhwcConv',
        own('NhwcConv', (b) => [kernel(b)], pads),
        (b: GraphBuilder, x: Value) => b.op('Conv', [x, kernel(b)], pads),
      ],
    ] as const)('%s', async (_, layer, same) => {
      const graph = classifier(21, layer);
      graph.types.clear();
      const names = Object.keys((await gradientsOf(graph)).parameters).sort();
      expect(await checkGradients(classifier(21, same), await gradientsOf(graph))).toEqual(names);
    });

    it.each([
      ['BiasAdd', 2, (b: GraphBuilder, x: Value, bias: Value) => b.add(b.add(x, bias), x)],
      [
        'BiasSplitGelu',
        1,
        (b: GraphBuilder, x: Value, bias: Value) => {
          const [left, right] = b.split(b.add(x, bias), [8, 8], 2) as [Value, Value];
          return b.concat([b.mul(left, b.op('Gelu', [right])), left], 2);
        },
      ],
    ] as const)('%s', async (op, tensors, same) => {
      const bias = (b: GraphBuilder): Value => weight(b, 'bias', [(SIDE - 2) ** 2]);
      const graph = classifier(21, (b, x) => {
        const wide = rows(b, x);
        b.graph.opsets.set('com.microsoft', 1);
        const inputs = [wide, bias(b), wide].slice(0, tensors + 1).map((value) => value.name);
        b.graph.nodes.push({
          op,
          domain: 'com.microsoft',
          name: op,
          inputs,
          outputs: ['own'],
          attributes: {},
        });
        const type = { ...wide, name: 'own' };
        if (op === 'BiasAdd') return maps(b, type);
        const [left] = b.split(b.add(wide, b.value('bias')), [8, 8], 2) as [Value];
        return maps(b, b.concat([{ ...type, shape: left.shape }, left], 2));
      });
      graph.types.clear();
      const reference = classifier(21, (b, x) => maps(b, same(b, rows(b, x), bias(b))));
      expect(await checkGradients(reference, await gradientsOf(graph))).toEqual([
        'bias',
        'fc',
        'fc.bias',
        'stem',
      ]);
    });
  });

  it('differentiates through floats of rank 0', async () => {
    const graph = classifier(17, (b, x) => {
      const parameter = (name: string, dims: readonly number[]) => b.weight(name, drawn(name, dims));
      const [left, right] = [parameter('left', [CHANNELS]), parameter('right', [CHANNELS])];
      const product = b.op('MatMul', [left, right]);
      const norm = b.op('ReduceL2', [parameter('normed', [2, 3])], { keepdims: int(0) });
      const sum = b.op('ReduceSum', [b.mul(x, x)], { keepdims: int(0) });
      return b.mul(x, b.add(b.mul(product, norm), b.mul(sum, b.scalar(0.01, x))));
    });
    const weights = ['fc', 'fc.bias', 'left', 'normed', 'right', 'stem'];
    expect(await checkGradients(graph, await gradientsOf(graph))).toEqual(weights);
  });

  describe('by name', () => {
    /** relu(x + a relu(x)), then x^p: learned numbers of one element, and a limit. */
    const learnedNumbers = (): Graph =>
      classifier(17, (b, x) => {
        const number = (name: string, value: number, dims: readonly number[]) =>
          b.weight(name, { dtype: 'float32', dims, data: Float32Array.of(value) });
        const positive = b.op('Max', [
          b.add(x, b.mul(number('a', 0.3, []), b.relu(x))),
          number('limit', 0.1, []),
        ]);
        return b.op('Pow', [positive, number('p', 1.7, [1])]);
      });

    it('takes numbers of one element, which are no weights by themselves', async () => {
      const graph = learnedNumbers();
      expect(await checkGradients(graph, await gradientsOf(graph))).toEqual(['fc', 'fc.bias', 'stem']);
      const named = await gradientsOf(graph, { wrt: ['a', 'p', 'limit', 'fc'] });
      expect(await checkGradients(graph, named)).toEqual(['a', 'fc', 'limit', 'p']);
      expect(named.parameters.a!.dims).toEqual([]);
    });

    it('refuses names of nothing that the logits depend on', async () => {
      const graph = learnedNumbers();
      const b = new GraphBuilder(graph);
      b.output(b.mul(b.value('logits'), b.weight('elsewhere', drawn('elsewhere', [CLASSES]))), 'other');
      await expect(gradientsOf(graph, { wrt: ['a', 'b', 'elsewhere', 'image'] })).rejects.toThrow(
        'not floating constants that "logits" depends on differentiably: b, elsewhere, image',
      );
    });
  });

  it('takes weights of float64 in float32', async () => {
    const graph = classifier(17, (b, x) => {
      const scale = { ...drawn('scale', [CHANNELS, 1, 1]), dtype: 'float64' as const };
      return b.mul(
        x,
        b.cast(b.weight('scale', { ...scale, data: Float64Array.from(scale.data) }), 'float32'),
      );
    });
    const made = await gradientsOf(graph);
    expect(made.parameters.scale!.data).toBeInstanceOf(Float32Array);
    const cast = graph.clone();
    cast.constants.set('scale', constantOf(drawn('scale', [CHANNELS, 1, 1])));
    expect(await checkGradients(cast, made)).toEqual(['fc', 'fc.bias', 'scale', 'stem']);
  });

  it('takes weights with names that are given to values of the gradient, too', async () => {
    const graph = classifier(17, (b, x) =>
      b.mul(x, b.weight('constant', drawn('constant', [CHANNELS, 1, 1]))),
    );
    expect(await checkGradients(graph, await gradientsOf(graph))).toEqual([
      'constant',
      'fc',
      'fc.bias',
      'stem',
    ]);
  });

  it('takes the loss of scores after the numbers that scale them', async () => {
    const graph = classifier(17, (b, x) => b.relu(x));
    graph.outputs = [];
    const b = new GraphBuilder(graph);
    b.output(b.mul(b.value('logits'), b.weight('scale', drawn('scale', [CLASSES], 3))), 'scaled');
    const made = await gradientModel(await loadModel(encodeGraph(graph)), {
      batch: BATCH,
      loss: 'cross-entropy',
    });
    expect(await checkGradients(graph, made)).toEqual(['fc', 'fc.bias', 'scale', 'stem']);
  });

  it.each([
    ['uint8', 'uint8'],
    ['float16', 'float32'],
    ['float64', 'float64'],
  ] as const)('takes images of %s as %s', async (dtype, fed) => {
    const graph = new Graph();
    graph.opsets.set('', 17);
    const b = new GraphBuilder(graph);
    const image = b.cast(b.input('image', dtype, ['batch', 3, SIDE, SIDE]), 'float32');
    const flat = b.op('Flatten', [image], { axis: int(1) });
    b.output(b.matMul(flat, b.weight('fc', drawn('fc', [3 * SIDE * SIDE, CLASSES]))), 'logits');
    const { bytes, inputs } = await gradientsOf(graph);
    const input = decodeGraph(bytes).inputs.find(({ name }) => name === inputs.image);
    expect(input).toMatchObject({ dtype: fed, shape: [BATCH, 3, SIDE, SIDE] });
  });

  it('names only the operator sets that its nodes need', async () => {
    const graph = classifier(17, (b, x) => b.relu(x));
    for (const domain of ['com.microsoft', 'org.pytorch.aten']) graph.opsets.set(domain, 1);
    for (const target of ['portable', 'cpu'] as const) {
      const { opsets } = decodeGraph((await gradientsOf(graph, { target })).bytes);
      expect([...opsets]).toEqual([['', 21]]);
    }
  });

  it('refuses logits of a single class, whose cross-entropy is always 0', async () => {
    const graph = classifier(17, (b, x) => b.relu(x));
    const b = new GraphBuilder(graph);
    b.output(b.op('ReduceMax', [b.value('logits')], { axes: ints([1]) }, { names: ['one'] }));
    await expect(gradientsOf(graph, { logits: 'one' })).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining(
        '"one" has one number an image, of which the cross-entropy is always 0',
      ),
      hint: expect.stringContaining('two classes'),
    });
  });
});
