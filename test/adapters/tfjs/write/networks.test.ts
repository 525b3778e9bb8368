import { beforeAll, describe, expect, it } from 'vitest';
import { type TfjsGraphModel, toGraphModel } from '../../../../adapters/tfjs/write/index.ts';
import { MarnetError } from '../../../../core/errors.ts';
import { float32, type Graph, int, ints, type Tensor, type Value } from '../../../../core/graph/index.ts';
import { graftHeads, initializeHeads } from '../../../../core/marnet/index.ts';
import { smallOptions, uniformStream } from '../../../marnet/support.ts';
import { runOnnx, runStock, useBackend } from '../stock.ts';
import { CLASSES, convolutional, image, network, SIDE, transformer } from './networks.ts';
import { expectSame, loadUnwritten } from './stock.ts';

const countOf = (model: TfjsGraphModel, op: string): number =>
  (model.topology.node as { op: string }[]).filter((node) => node.op === op).length;

async function agrees(graph: Graph, batches: readonly number[], options = {}): Promise<TfjsGraphModel> {
  const model = await toGraphModel(graph, options);
  const stock = await loadUnwritten(model);
  for (const batch of batches) {
    const feeds: Record<string, Tensor> = {};
    for (const input of graph.inputs)
      feeds[input.name] = image(input.shape!.map((dim) => (typeof dim === 'number' ? dim : batch)));
    expectSame(await runStock(stock, feeds), await runOnnx(graph, feeds), `batch ${batch}`);
  }
  return model;
}

beforeAll(() => useBackend('wasm'));

describe('a convolutional network', () => {
  it.each([7, 9, 12, 17, 21])('of operator set %i: one Transpose, at its input', async (opset) => {
    const model = await agrees(convolutional(opset), [1, 3]);
    expect(countOf(model, 'Transpose')).toBe(1);
    expect(countOf(model, '_FusedConv2D')).toBeGreaterThan(0);
  });

  it('whose images have their channels last: no Transpose', async () => {
    const model = await agrees(convolutional(17, 'NHWC'), [1, 2]);
    expect(countOf(model, 'Transpose')).toBe(0);
    expect(model.signature.inputs!.image!.tensorShape!.dim!.map(({ size }) => size)).toEqual([
      '-1',
      '16',
      '16',
      '3',
    ]);
  });

  it('without fused ops', async () => {
    const model = await agrees(convolutional(17), [2], { fuse: false });
    expect(countOf(model, '_FusedConv2D')).toBe(0);
    expect(countOf(model, 'BiasAdd')).toBeGreaterThan(0);
  });

  it('that flattens images of more than one pixel: one Transpose more', async () => {
    const graph = network(17, ({ b, weight }) => {
      const x = b.input('image', 'float32', ['batch', 3, SIDE, SIDE]);
      const map = b.relu(b.op('Conv', [x, weight('w', [4, 3, 5, 5])]));
      const flat = b.op('Flatten', [map], { axis: int(1) });
      return { scores: b.op('Gemm', [flat, weight('fc', [4 * 12 * 12, CLASSES])]) };
    });
    expect(countOf(await agrees(graph, [1, 2]), 'Transpose')).toBe(2);
  });
});

describe('images of open size', () => {
  const graph = network(17, ({ b, weight }) => {
    const x = b.input('image', 'float32', ['batch', 3, 'height', 'width']);
    const conv = (input: Value, name: string, dims: number[]): Value =>
      b.op('Conv', [input, weight(name, dims)], { pads: ints([1, 1, 1, 1]) });
    const map = b.relu(conv(x, 'first', [4, 3, 3, 3]));
    const pooled = b.op('MaxPool', [map], { kernel_shape: ints([2, 2]), strides: ints([2, 2]) });
    const flat = b.op('Flatten', [b.op('GlobalAveragePool', [conv(pooled, 'second', [4, 4, 3, 3])])]);
    return { scores: b.op('Gemm', [flat, weight('fc', [4, CLASSES])]) };
  });

  it('stay open where every op allows it', async () => {
    const model = await toGraphModel(graph);
    expect(model.signature.inputs!.image!.tensorShape!.dim!.map(({ size }) => size)).toEqual([
      '-1',
      '3',
      '-1',
      '-1',
    ]);
    const stock = await loadUnwritten(model);
    for (const dims of [
      [1, 3, 8, 10],
      [2, 3, 12, 6],
    ]) {
      const feeds = { image: image(dims) };
      expectSame(await runStock(stock, feeds), await runOnnx(graph, feeds), `${dims}`);
    }
  });

  it('can be fixed', async () => {
    const model = await toGraphModel(graph, { size: { height: 8, width: 6 } });
    expect(model.signature.inputs!.image!.tensorShape!.dim!.map(({ size }) => size)).toEqual([
      '-1',
      '3',
      '8',
      '6',
    ]);
    const feeds = { image: image([2, 3, 8, 6]) };
    expectSame(await runStock(await loadUnwritten(model), feeds), await runOnnx(graph, feeds), 'fixed');
  });
});

it('an input that nothing reads can be fed all the same', async () => {
  const graph = network(17, ({ b }) => {
    const x = b.input('x', 'float32', ['batch', 4]);
    b.input('unread', 'float32', ['batch', 2]);
    return { y: b.sigmoid(x) };
  });
  await agrees(graph, [2]);
});

describe('a transformer', () => {
  it.each([11, 13, 17])('of operator set %i: its class token follows the batch', async (opset) => {
    const model = await agrees(transformer(opset), [1, 3]);
    expect(countOf(model, 'Tile')).toBe(1);
    expect(countOf(model, '_FusedMatMul')).toBeGreaterThan(0);
  });
});

describe('names', () => {
  it('that TensorFlow does not take are kept in the signature', async () => {
    const graph = network(17, ({ b, weight }) => {
      const x = b.input('/image:0', 'float32', ['batch', 4]);
      const y = b.matMul(x, weight('w', [4, 3]));
      return { '/head/scores:0': y, 'a b': b.relu(y) };
    });
    const { signature } = await agrees(graph, [2]);
    expect(Object.keys(signature.inputs!)).toEqual(['/image:0']);
    expect(Object.keys(signature.outputs!)).toEqual(['/head/scores:0', 'a b']);
    expect(signature.outputs!['a b']!.name).toBe('a_b:0');
  });

  it('of legal outputs are nodes, also where one value makes two of them or an input is one', async () => {
    const graph = network(17, ({ b }) => {
      const x = b.input('x', 'float32', ['batch', 4]);
      const y = b.relu(x);
      return { first: y, second: y, third: x };
    });
    const model = await agrees(graph, [2]);
    const nodes = (model.topology.node as { name: string }[]).map(({ name }) => name);
    expect(nodes).toEqual(expect.arrayContaining(['x', 'first', 'second', 'third']));
  });
});

describe('what cannot be written', () => {
  const refusal = (graph: Graph) =>
    toGraphModel(graph).then(
      () => undefined,
      (error: unknown) => error as MarnetError,
    );

  it('integers beyond 32 bits', async () => {
    const graph = network(17, ({ b }) => {
      const x = b.input('x', 'int64', ['batch']);
      return {
        y: b.add(x, b.constant({ dtype: 'int64', dims: [], data: BigInt64Array.of(5_000_000_000n) })),
      };
    });
    const error = await refusal(graph);
    expect(error).toBeInstanceOf(MarnetError);
    expect(error).toMatchObject({
      code: 'unsupported-model',
      message: expect.stringContaining('5000000000'),
    });
  });

  it('the size of the batch as a number', async () => {
    const graph = network(17, ({ b }) => {
      const x = b.input('x', 'float32', ['batch', 4]);
      const shape = b.op('Shape', [x], {}, { types: [{ dtype: 'int64', shape: [2] }] });
      const size = b.cast(b.gather(shape, b.integers([0]), 0), 'float32');
      return { y: b.div(x, size) };
    });
    expect((await refusal(graph))!.message).toMatch(/computes with the size of the batch/);
  });

  it('an op without a translation, named with its node', async () => {
    const graph = network(17, ({ b }) => {
      const x = b.input('x', 'float32', ['batch', 4]);
      return {
        y: b.op('Hardmax', [x], {}, { names: ['made'], types: [x] }),
      };
    });
    const error = await refusal(graph);
    expect(error!.message).toMatch(/node "Hardmax:made" \(Hardmax\)/);
    expect(error!.hint).toBeTruthy();
  });
});

describe('MARNet heads', () => {
  const FEATURES = 6;
  const base = (opset: number): Graph =>
    network(opset, ({ b, weight }) => {
      const x = b.input('image', 'float32', ['batch', 3, SIDE, SIDE]);
      const map = b.relu(b.op('Conv', [x, weight('conv', [FEATURES, 3, 3, 3])]));
      const flat = b.op('Flatten', [b.op('GlobalAveragePool', [map])], { axis: int(1) }, { names: ['flat'] });
      const logits = b.op(
        'Gemm',
        [flat, weight('fc', [FEATURES, CLASSES]), weight('bias', [CLASSES])],
        {},
        {
          names: ['logits'],
        },
      );
      return { probabilities: b.op('Softmax', [logits], { axis: int(1) }) };
    });

  it.each([7, 13, 17, 21])('grafted on operator set %i', async (opset) => {
    const graph = base(opset);
    const site = {
      value: 'flat',
      shape: ['batch', FEATURES],
      pooling: 'none',
      classifier: { kind: 'opaque', logits: 'logits', classes: CLASSES, why: 'a test' },
      output: 'probabilities',
    } as const;
    const sizes = { features: FEATURES, classes: CLASSES, vocabulary: 9, base: 'corrected' } as const;
    const heads = initializeHeads(smallOptions, sizes, () => uniformStream(3));
    const next = uniformStream(8);
    const trained = new Map(
      [...heads].map(([name, tensor]) => [
        name,
        tensor.dtype === 'float32'
          ? float32(
              (tensor.data as Float32Array).map((v) => v + 0.3 * (next() - 0.5)),
              tensor.dims,
            )
          : tensor,
      ]),
    );
    const merged = graftHeads(graph, site, trained, {
      heads: smallOptions,
      base: 'corrected',
      classes: CLASSES,
    });
    const model = await agrees(merged, [1, 3]);
    expect(countOf(model, 'Transpose')).toBe(1);
  });
});
