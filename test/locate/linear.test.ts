import { describe, expect, it } from 'vitest';
import {
  constantOf,
  fromFloat32,
  type Graph,
  int,
  int64,
  ints,
  tensorAttribute,
} from '../../core/graph/index.ts';
import { locateFeatures } from '../../core/locate/index.ts';
import { best, CLASSES, classifier, expectLinear, noise, type Parts, pooled, tokens } from './backbones.ts';

const dense = (parts: Parts, x = pooled(parts)) =>
  parts.b.op('Gemm', [x, parts.weight('w', [CLASSES, 6]), parts.weight('b', [CLASSES])], { transB: int(1) });
const conv1x1 = ({ b, weight }: Parts, x: Parts['map']) =>
  b.op('Conv', [x, weight('w', [CLASSES, 6, 1, 1]), weight('b', [CLASSES])]);

/** A weight in float16, cast to float32 where it is used. */
const half = (p: Parts, name: string, dims: readonly number[], seed: number) =>
  p.b.cast(p.b.weight(name, fromFloat32(noise(dims, seed).data as Float32Array, dims, 'float16')), 'float32');

/** Each case: a head, and what must be found. */
const CASES: Record<string, { head: Parameters<typeof classifier>[0]; opset?: number; expected: object }> = {
  'Gemm with transB': {
    head: dense,
    expected: {
      pooling: 'none',
      width: 6,
      classifier: { layout: 'CD', weight: 'w', bias: 'b' },
      activation: [],
    },
  },
  'Gemm without transB and without bias': {
    head: (p) => p.b.op('Gemm', [pooled(p), p.weight('w', [6, CLASSES])]),
    expected: { classifier: { layout: 'DC', bias: undefined } },
  },
  'MatMul + Add + Softmax, the bias first': {
    head: (p) =>
      p.b.op('Softmax', [
        p.b.add(p.weight('b', [CLASSES]), p.b.matMul(pooled(p), p.weight('w', [6, CLASSES]))),
      ]),
    expected: { classifier: { layout: 'DC', bias: 'b' }, activation: ['Softmax'] },
  },
  'MatMul with a bias of [1, C]': {
    head: (p) => p.b.add(p.b.matMul(pooled(p), p.weight('w', [6, CLASSES])), p.weight('b', [1, CLASSES])),
    expected: { classifier: { bias: 'b' } },
  },
  'MatMul of a transposed constant': {
    head: (p) => p.b.matMul(pooled(p), p.b.transpose(p.weight('w', [CLASSES, 6]), [1, 0])),
    expected: { classifier: { layout: 'CD', weight: 'w' } },
  },
  '1x1 Conv on a pooled map, Flatten, LogSoftmax': {
    head: (p) =>
      p.b.op('LogSoftmax', [p.b.op('Flatten', [conv1x1(p, p.b.op('GlobalAveragePool', [p.map]))])]),
    expected: { pooling: 'mean-spatial', width: 6, classifier: { layout: 'CD' }, activation: ['LogSoftmax'] },
  },
  '1x1 Conv on a map, then the mean': {
    head: (p) => p.b.squeeze(p.b.op('GlobalAveragePool', [conv1x1(p, p.map)]), [2, 3]),
    expected: { pooling: 'mean-spatial', shape: ['batch', 6, 4, 4] },
  },
  '1x1 Conv + Add, AveragePool over the map, Reshape': {
    head: (p) => {
      const scores = p.b.op('Conv', [p.map, p.weight('w', [CLASSES, 6, 1, 1])]);
      const biased = p.b.add(scores, p.weight('b', [1, CLASSES, 1, 1]));
      return p.b.reshape(p.b.op('AveragePool', [biased], { kernel_shape: ints([4, 4]) }), [0, CLASSES]);
    },
    expected: { pooling: 'mean-spatial', classifier: { bias: 'b' } },
  },
  'ReduceMean of a map, Sigmoid': {
    head: (p) => p.b.sigmoid(dense(p, p.b.reduceMean(p.map, [2, 3]))),
    expected: { pooling: 'none', activation: ['Sigmoid'] },
  },
  'ReduceMean with axes as input': {
    head: (p) => dense(p, p.b.reduceMean(p.map, [2, 3])),
    opset: 18,
    expected: { pooling: 'none' },
  },
  'class token by Gather, norm, Gemm': {
    head: (p) => dense(p, p.b.gather(tokens(p), p.b.constant({ ...int64([0]), dims: [] }), 1)),
    expected: { pooling: 'none', shape: ['batch', 6] },
  },
  'class token by Slice and Squeeze': {
    head: (p) => dense(p, p.b.squeeze(p.b.slice(tokens(p), [0], [1], [1]), [1])),
    expected: { pooling: 'none' },
  },
  'scores of every token, then those of the class token': {
    head: (p) =>
      p.b.gather(
        p.b.add(p.b.matMul(tokens(p), p.weight('w', [6, CLASSES])), p.weight('b', [CLASSES])),
        p.b.constant({ ...int64([0]), dims: [] }),
        1,
      ),
    expected: { pooling: 'class-token', shape: ['batch', 16, 6] },
  },
  'scores of every token, then their mean': {
    head: (p) => p.b.reduceMean(p.b.matMul(tokens(p), p.weight('w', [6, CLASSES])), [1]),
    expected: { pooling: 'mean-tokens', shape: ['batch', 16, 6] },
  },
  'scores of every place of a map with channels last, then their mean': {
    head: (p) => {
      const last = p.b.transpose(p.map, [0, 2, 3, 1]);
      const scores = p.b.add(p.b.matMul(last, p.weight('w', [6, CLASSES])), p.weight('b', [CLASSES]));
      return p.b.op('Softmax', [p.b.reduceMean(scores, [1, 2])]);
    },
    expected: {
      pooling: 'mean-spatial',
      shape: ['batch', 6, 4, 4],
      width: 6,
      classifier: { layout: 'DC', weight: 'w', bias: 'b' },
      activation: ['Softmax'],
    },
  },
  'those scores in rows, then their mean': {
    head: (p) => {
      const last = p.b.transpose(p.map, [0, 2, 3, 1]);
      const scores = p.b.matMul(last, p.weight('w', [6, CLASSES]));
      return p.b.reduceMean(p.b.reshape(scores, [0, 16, CLASSES]), [1]);
    },
    expected: { pooling: 'mean-spatial', shape: ['batch', 6, 4, 4], classifier: { bias: undefined } },
  },
  'mean of tokens, Gemm': {
    head: (p) => dense(p, p.b.reduceMean(tokens(p), [1])),
    expected: { pooling: 'none' },
  },
  'Dropout before, Identity, Cast and Unsqueeze after': {
    head: (p) => {
      const scores = dense(p, p.b.op('Dropout', [pooled(p)]));
      return p.b.op('Identity', [p.b.unsqueeze(p.b.cast(scores, 'float64'), [2])]);
    },
    expected: { pooling: 'none', activation: [] },
  },
  'a Softmax spelled out': {
    head: (p) => {
      const scores = dense(p);
      const e = p.b.exp(p.b.sub(scores, p.b.reduceMax(scores, [1], true)));
      return p.b.div(e, p.b.reduceSum(e, [1], true));
    },
    expected: { pooling: 'none', activation: ['ReduceMax', 'Sub', 'Exp', 'ReduceSum', 'Div'] },
  },
  'a Sigmoid spelled out, with its sign as a factor': {
    head: (p) => {
      const e = p.b.exp(p.b.mul(dense(p), p.b.scalar(-1, { dtype: 'float32' })));
      const one = p.b.scalar(1, { dtype: 'float32' });
      return p.b.div(one, p.b.add(one, e));
    },
    expected: { pooling: 'none', activation: ['Mul', 'Exp', 'Add', 'Div'] },
  },
  'probabilities that are limited and scaled': {
    head: (p) => {
      const [low, high] = [0.01, 0.99].map((limit) => p.b.scalar(limit, { dtype: 'float32' }));
      const limited = p.b.op('Clip', [p.b.sigmoid(dense(p)), low!, high!]);
      return p.b.mul(p.b.op('Identity', [limited]), p.b.scalar(1, { dtype: 'float32' }));
    },
    expected: { pooling: 'none', activation: ['Sigmoid', 'Clip', 'Mul'] },
  },
  'Gemm of weights cast from float16, the bias through an Identity too': {
    head: (p) =>
      p.b.op('Gemm', [
        pooled(p),
        half(p, 'w', [6, CLASSES], 21),
        p.b.op('Identity', [half(p, 'b', [CLASSES], 22)]),
      ]),
    expected: { width: 6, classifier: { layout: 'DC', weight: 'w', bias: 'b' } },
  },
  'MatMul of a weight cast and transposed, + a bias that is cast': {
    head: (p) =>
      p.b.add(
        p.b.matMul(pooled(p), p.b.transpose(half(p, 'w', [CLASSES, 6], 21), [1, 0])),
        half(p, 'b', [CLASSES], 22),
      ),
    expected: { width: 6, classifier: { layout: 'CD', weight: 'w', bias: 'b' } },
  },
  'MatMul of a weight transposed and cast': {
    head: (p) => {
      const weight = fromFloat32(noise([CLASSES, 6], 21).data as Float32Array, [CLASSES, 6], 'float16');
      return p.b.matMul(
        pooled(p),
        p.b.op('Identity', [p.b.cast(p.b.transpose(p.b.weight('w', weight), [1, 0]), 'float32')]),
      );
    },
    expected: { width: 6, classifier: { layout: 'CD', weight: 'w', bias: undefined } },
  },
  '1x1 Conv of cast weights on a map, then the mean': {
    head: (p) => {
      const scores = p.b.op('Conv', [
        p.map,
        half(p, 'w', [CLASSES, 6, 1, 1], 21),
        half(p, 'b', [CLASSES], 22),
      ]);
      return p.b.squeeze(p.b.op('GlobalAveragePool', [scores]), [2, 3]);
    },
    expected: { pooling: 'mean-spatial', width: 6, classifier: { layout: 'CD', weight: 'w', bias: 'b' } },
  },
  'old operator set, ArgMax alone': {
    head: (p) => p.b.op('ArgMax', [dense(p)], { axis: int(1), keepdims: int(0) }),
    opset: 9,
    expected: { activation: ['ArgMax'] },
  },
};

describe('linear classifiers', () => {
  for (const [name, { head, opset, expected }] of Object.entries(CASES)) {
    it(name, async () => {
      const graph = classifier(head, opset);
      const site = best(graph);
      expect(site).toMatchObject({ output: 'scores', ...expected });
      expect(site.classifier).toMatchObject({ kind: 'linear', classes: CLASSES });
      await expectLinear(graph, site);
      const nodes = site.classifier.kind === 'linear' ? site.classifier.nodes : [];
      for (const node of nodes) expect(graph.nodes.some((n) => n.outputs[0] === node)).toBe(true);
    });

    it(`${name}, without the types of inner values`, () => {
      const graph = classifier(head, opset);
      const { score: _, ...site } = best(graph);
      const bare = withoutTypes(classifier(head, opset));
      expect(best(bare)).toMatchObject(site);
    });
  }

  it('weights in Constant nodes, as PaddlePaddle writes them', () => {
    const graph = classifier(
      (p) => p.b.add(p.b.matMul(pooled(p), p.weight('w', [6, CLASSES])), p.weight('b', [CLASSES])),
      9,
    );
    for (const [name, constant] of graph.constants) {
      const attributes = { value: tensorAttribute(constant.read()) };
      graph.nodes.unshift({ op: 'Constant', domain: '', name: '', inputs: [], outputs: [name], attributes });
      graph.types.set(name, { dtype: constant.dtype, shape: constant.dims });
    }
    graph.constants.clear();
    expect(best(graph).classifier).toMatchObject({ kind: 'linear', weight: 'w', bias: 'b', layout: 'DC' });
  });

  it('a function of the model before the site', () => {
    const graph = classifier((p) => {
      const [mystery] = p.b.emit(
        'custom:Blur',
        [pooled(p)],
        {},
        {
          types: [{ dtype: 'float32', shape: ['batch', 6] }],
        },
      );
      return dense(p, mystery);
    });
    for (const bare of [graph, withoutTypes(graph)])
      expect(best(bare)).toMatchObject({ width: 6, pooling: 'none', classifier: { kind: 'linear' } });
  });

  it('lists the hidden layers of a VGG-like head after the last', () => {
    const graph = classifier((p) => {
      const flat = p.b.op('Flatten', [p.map]);
      const first = p.b.op('Dropout', [
        p.b.relu(p.b.op('Gemm', [flat, p.weight('w1', [96, 8]), p.weight('b1', [8])])),
      ]);
      const second = p.b.op('Dropout', [p.b.relu(p.b.matMul(first, p.weight('w2', [8, 7])))]);
      return p.b.op('Softmax', [p.b.op('Gemm', [second, p.weight('w3', [7, CLASSES])])]);
    });
    const sites = locateFeatures({ graph });
    expect(sites.map((site) => [site.width, site.classifier.kind])).toEqual([
      [7, 'linear'],
      [8, 'opaque'],
      [96, 'opaque'],
    ]);
    expect(sites[2]!.reason).toContain('2 dense layers stand between');
    expect(sites[0]!.score).toBeGreaterThan(sites[1]!.score);
  });

  it('takes the width from the weights where the shape is unknown', () => {
    const graph = classifier((p) => dense(p));
    const site = best(graph);
    graph.types.set(site.value, { dtype: 'float32', shape: undefined });
    graph.constants.set('stem', constantOf({ dtype: 'float32', dims: [], data: Float32Array.of(1) }));
    expect(best(graph)).toMatchObject({ value: site.value, width: 6 });
  });
});

function withoutTypes(graph: Graph): Graph {
  graph.types.clear();
  graph.outputs = graph.outputs.map(({ name, dtype, shape }) => ({
    name,
    dtype,
    shape: shape?.map((dim) => (typeof dim === 'number' ? dim : '?')),
  }));
  return graph;
}
