import { describe, expect, it } from 'vitest';
import {
  float,
  type Graph,
  type GraphBuilder,
  int,
  int64,
  ints,
  type Tensor,
  type Value,
} from '../../core/graph/index.ts';
import { locateFeatures } from '../../core/locate/index.ts';
import { best, CLASSES, classifier, type Parts, pooled, tokens } from './backbones.ts';

const gemm = (p: Parts, x: Value, name = 'w') => p.b.op('Gemm', [x, p.weight(name, [6, CLASSES])]);

const int8Weight = (b: GraphBuilder, name: string, dims: readonly number[]): Value => {
  const data = Int8Array.from({ length: dims[0]! * dims[1]! }, (_, i) => (i % 17) - 8);
  return b.weight(name, { dtype: 'int8', dims, data } satisfies Tensor);
};

function dequantize(b: GraphBuilder, x: Value): Value {
  const types = [{ dtype: 'float32' as const, shape: x.shape }];
  return b.op('DequantizeLinear', [x, b.scalar(0.05, { dtype: 'float32' })], {}, { types });
}

function quantizeAndBack(b: GraphBuilder, x: Value): Value {
  const types = [{ dtype: 'uint8' as const, shape: x.shape }];
  const quantized = b.op('QuantizeLinear', [x, b.scalar(0.05, { dtype: 'float32' })], {}, { types });
  return dequantize(b, quantized);
}

describe('classifiers whose weights cannot be taken over', () => {
  const opaque = (graph: Graph) => {
    const site = best(graph);
    if (site.classifier.kind !== 'opaque') throw new Error('it is linear');
    return { ...site, why: site.classifier.why, logits: site.classifier.logits };
  };

  it('SqueezeNet: 1x1 Conv, Relu, mean', () => {
    const graph = classifier((p) => {
      const scores = p.b.op('Conv', [p.map, p.weight('w', [CLASSES, 6, 1, 1]), p.weight('b', [CLASSES])]);
      return p.b.op('Flatten', [p.b.op('GlobalAveragePool', [p.b.relu(scores)])]);
    });
    const site = opaque(graph);
    expect(site).toMatchObject({
      shape: ['batch', 6, 4, 4],
      pooling: 'mean-spatial',
      width: 6,
      activation: [],
    });
    expect(site.why).toMatch(/^Relu .* stands between the layer and GlobalAveragePool/);
    expect(graph.typeOf(site.logits)!.shape).toEqual(['batch', CLASSES, 1, 1]);
  });

  it('a 3x3 Conv, mean, Softmax', () => {
    const graph = classifier((p) => {
      const pads = { pads: ints([1, 1, 1, 1]) };
      const map = p.b.relu(p.b.op('Conv', [p.map, p.weight('last', [8, 6, 3, 3])], pads));
      const scores = p.b.op('Conv', [map, p.weight('w', [CLASSES, 8, 3, 3]), p.weight('b', [CLASSES])], pads);
      return p.b.op('Softmax', [p.b.reduceMean(scores, [2, 3])]);
    });
    const site = opaque(graph);
    expect(site).toMatchObject({ shape: ['batch', 8, 4, 4], pooling: 'mean-spatial', width: 8 });
    expect(site.activation).toEqual(['Softmax']);
    expect(site.why).toMatch(/^Conv .* has a kernel of 3x3$/);
    expect(graph.typeOf(site.logits)!.shape).toEqual(['batch', CLASSES]);
  });

  it('some of the scores of a layer: the features are what the layer reads', () => {
    const graph = classifier((p) => {
      const all = p.b.op('Gemm', [pooled(p), p.weight('w', [6, CLASSES + 3])]);
      return p.b.op('Softmax', [p.b.slice(all, [0], [CLASSES], [1])]);
    });
    const site = opaque(graph);
    expect(site).toMatchObject({ shape: ['batch', 6], pooling: 'none', width: 6, activation: ['Softmax'] });
    expect(graph.typeOf(site.logits)!.shape).toEqual(['batch', CLASSES]);
    expect(site.why).toContain('(Slice, Gemm)');
  });

  it('a map with channels last is not read as one with channels first', () => {
    const graph = classifier((p) => {
      const map = p.b.relu(p.b.transpose(p.map, [0, 2, 3, 1]));
      const scores = p.b.matMul(map, p.weight('w', [6, CLASSES]));
      return { scores: p.b.reduceMean(scores, [1, 2]) };
    });
    expect(() => best(graph)).toThrow('reads [batch, 4, 4, 6]');
    const { inputs } = graph.nodes.find((node) => node.op === 'MatMul')!;
    expect(() => locateFeatures({ graph }, { at: inputs[0]! })).toThrow('has its channels last');
  });

  it('a mean over the channels of a map of scores', () => {
    const graph = classifier((p) => {
      const scores = p.b.op('Conv', [p.map, p.weight('w', [4, 6, 1, 1])]);
      return p.b.reduceMean(scores, [1, 2]);
    });
    expect(() => best(graph)).toThrow('takes the mean over classes');
  });

  it('a backbone that ends in a Conv and its mean is none', () => {
    const graph = classifier((p) =>
      p.b.reduceMean(p.b.op('Conv', [p.map, p.weight('w', [8, 6, 3, 3])]), [2, 3]),
    );
    expect(() => best(graph)).toThrow("a backbone's layer");
  });

  it('a Gemm that scales', () => {
    const head = (p: Parts) => p.b.op('Gemm', [pooled(p), p.weight('w', [6, CLASSES])], { alpha: float(2) });
    expect(opaque(classifier(head)).why).toContain('alpha 2, beta 1');
  });

  it('a weight with a second reader', () => {
    const graph = classifier((p) => {
      const x = pooled(p);
      const scores = gemm(p, x);
      const penalty = p.b.reduceSum(p.b.matMul(x, p.b.value('w')), [0, 1]);
      return { scores, penalty };
    });
    expect(opaque(graph).why).toBe('the weight "w" is read by other nodes too');
  });

  it('a weight behind a Cast with a second reader, of the weight or of what is cast', () => {
    const graph = (of: 'weight' | 'cast') =>
      classifier((p) => {
        const x = pooled(p);
        const weight = p.weight('w', [6, CLASSES]);
        const cast = p.b.op('Identity', [p.b.op('Identity', [weight])]);
        const scores = p.b.op('Gemm', [x, cast]);
        return { scores, copy: p.b.neg(of === 'cast' ? cast : weight) };
      });
    expect(opaque(graph('weight')).why).toBe('the weight "w" is read by other nodes too');
    expect(opaque(graph('cast')).why).toBe('the weight "w" is read by other nodes too');
  });

  it('integers cast to float, and what no constant is cast to', () => {
    const cast = classifier((p) =>
      p.b.matMul(pooled(p), p.b.cast(int8Weight(p.b, 'w8', [6, CLASSES]), 'float32')),
    );
    expect(opaque(cast).why).toBe('the weight "w8" is int8');
    const quantized = classifier((p) =>
      p.b.matMul(pooled(p), p.b.op('Identity', [dequantize(p.b, int8Weight(p.b, 'w8', [6, CLASSES]))])),
    );
    expect(opaque(quantized).why).toMatch(/is not a constant; DequantizeLinear .* computes it/);
  });

  it('a bias with a second reader, and one that is no vector', () => {
    const shared = classifier((p) => {
      const scores = p.b.op('Gemm', [pooled(p), p.weight('w', [6, CLASSES]), p.weight('b', [CLASSES])]);
      return { scores, copy: p.b.neg(p.b.value('b')) };
    });
    expect(opaque(shared).why).toBe('the bias "b" is read by other nodes too');
    const single = classifier((p) =>
      p.b.op('Gemm', [pooled(p), p.weight('w', [6, CLASSES]), p.weight('b', [1])]),
    );
    expect(opaque(single).why).toBe('the bias "b" [1] is not one number a class');
  });

  it('quantized weights, with features and logits quantized too', () => {
    const graph = classifier((p) => {
      const x = quantizeAndBack(p.b, pooled(p));
      const w = dequantize(p.b, int8Weight(p.b, 'w8', [6, CLASSES]));
      return p.b.op('Softmax', [quantizeAndBack(p.b, p.b.op('Gemm', [x, w]))]);
    });
    const site = opaque(graph);
    expect(site).toMatchObject({ pooling: 'none', width: 6, activation: ['Softmax'] });
    expect(graph.nodes.find((n) => n.outputs[0] === site.value)!.op).toBe('DequantizeLinear');
    expect(graph.nodes.find((n) => n.outputs[0] === site.logits)!.op).toBe('DequantizeLinear');
  });

  it('probabilities quantized too: the logits come before the Softmax', () => {
    const scores = (p: Parts, logits: Value) => quantizeAndBack(p.b, p.b.op('Softmax', [logits]));
    const plain = classifier((p) => scores(p, gemm(p, pooled(p))));
    expect(best(plain)).toMatchObject({
      activation: ['Softmax', 'QuantizeLinear', 'DequantizeLinear'],
      classifier: { kind: 'linear' },
    });
    const graph = classifier((p) => scores(p, quantizeAndBack(p.b, gemm(p, pooled(p)))));
    const site = opaque(graph);
    expect(site.activation).toEqual(['Softmax', 'QuantizeLinear', 'DequantizeLinear']);
    expect(graph.nodes.find((n) => n.inputs[0] === site.logits)!.op).toBe('Softmax');
  });

  it('quantized weights alone', () => {
    const graph = classifier((p) =>
      p.b.matMul(pooled(p), dequantize(p.b, int8Weight(p.b, 'w8', [6, CLASSES]))),
    );
    expect(opaque(graph).why).toMatch(/is not a constant; DequantizeLinear .* computes it/);
  });

  it('a maximum over the map of scores', () => {
    const graph = classifier((p) => {
      const scores = p.b.op('Conv', [p.map, p.weight('w', [CLASSES, 6, 1, 1])]);
      return p.b.op('Flatten', [p.b.op('GlobalMaxPool', [scores])]);
    });
    expect(opaque(graph).why).toContain('takes a maximum');
  });

  it('a Conv as large as the map', () => {
    const graph = classifier((p) =>
      p.b.op('Flatten', [p.b.op('Conv', [p.map, p.weight('w', [CLASSES, 6, 4, 4])])]),
    );
    expect(opaque(graph)).toMatchObject({
      pooling: 'mean-spatial',
      width: 6,
      why: expect.stringContaining('4x4'),
    });
  });

  it('a normalization of the scores: the logits come after it', () => {
    const graph = classifier((p) => {
      const [scale, shift, mean, variance] = ['scale', 'shift', 'mean', 'variance'].map((n) =>
        p.weight(n, [CLASSES]),
      ) as [Value, Value, Value, Value];
      return p.b.op('Softmax', [
        p.b.op('BatchNormalization', [gemm(p, pooled(p)), scale, shift, mean, variance]),
      ]);
    });
    const site = opaque(graph);
    expect(site.activation).toEqual(['Softmax']);
    expect(site.why).toContain('changes what the layer makes');
    expect(graph.nodes.find((n) => n.outputs[0] === site.logits)!.op).toBe('BatchNormalization');
  });

  it('scores that are scaled or shifted by constants: the logits come after that', () => {
    const softmax = (p: Parts, scores: Value) => {
      const e = p.b.exp(p.b.sub(scores, p.b.reduceMax(scores, [1], true)));
      return p.b.div(e, p.b.reduceSum(e, [1], true));
    };
    const number = (p: Parts, value: number) => p.b.scalar(value, { dtype: 'float32' });
    const heads: Record<string, (p: Parts, scores: Value) => [Value, (scores: Value) => Value, string[]]> = {
      'a temperature, and a Softmax spelled out': (p, scores) => [
        p.b.div(scores, number(p, 0.5)),
        (cold) => softmax(p, cold),
        ['ReduceMax', 'Sub', 'Exp', 'ReduceSum', 'Div'],
      ],
      'a scale for each class': (p, scores) => [p.b.mul(p.weight('s', [CLASSES]), scores), (y) => y, []],
      'a scale whose logarithm is learned': (p, scores) => [
        p.b.mul(scores, p.b.exp(p.weight('s', []))),
        p.b.sigmoid,
        ['Sigmoid'],
      ],
      'distances, smallest first': (p, scores) => [
        p.b.neg(scores),
        (y) => p.b.op('Softmax', [y]),
        ['Softmax'],
      ],
      'cosines within limits, scaled': (p, scores) => [
        p.b.mul(p.b.op('Clip', [scores, number(p, -0.99), number(p, 0.99)]), number(p, 30)),
        (y) => y,
        [],
      ],
      'a bias that a Reshape parts from its layer': (p, scores) => [
        p.b.add(p.b.reshape(scores, [-1, CLASSES]), p.weight('b', [CLASSES])),
        (y) => p.b.op('LogSoftmax', [y]),
        ['LogSoftmax'],
      ],
    };
    for (const [name, head] of Object.entries(heads)) {
      let logits = '';
      let activation: string[] = [];
      const graph = classifier((p) => {
        const [scaled, finish, ops] = head(p, gemm(p, pooled(p)));
        activation = ops;
        logits = scaled.name;
        return finish(scaled);
      });
      const site = opaque(graph);
      expect({ name, ...site }).toMatchObject({ name, pooling: 'none', width: 6, logits, activation });
      expect(site.why).toContain('changes what the layer makes');
    }
  });

  it('two heads on two tokens, averaged, as DeiT has them', () => {
    const graph = classifier((p) => {
      const t = tokens(p);
      const token = (i: number) => p.b.gather(t, p.b.constant({ ...int64([i]), dims: [] }), 1);
      return p.b.div(
        p.b.add(gemm(p, token(0), 'w0'), gemm(p, token(1), 'w1')),
        p.b.scalar(2, { dtype: 'float32' }),
      );
    });
    const site = opaque(graph);
    expect(site).toMatchObject({
      shape: ['batch', 16, 6],
      pooling: 'class-token',
      width: 6,
      activation: [],
    });
    expect(site.why).toContain('adds two values that depend on the image');
    expect(graph.nodes.find((n) => n.outputs[0] === site.logits)!.op).toBe('Div');
  });

  it('a head that is a function of the model', () => {
    const types = [{ dtype: 'float32' as const, shape: ['batch', CLASSES] }];
    const graph = classifier((p) => p.b.emit('custom:Head', [pooled(p)], {}, { types })[0]!);
    const site = opaque(graph);
    expect(site).toMatchObject({ pooling: 'none', width: 6, classifier: { classes: CLASSES } });
    expect(site.why).toContain('op of the domain "custom"');
  });

  it('a class token taken after the scores of a map are rearranged stays linear only in the mean', () => {
    const graph = classifier((p) => {
      const scores = p.b.op('Conv', [p.map, p.weight('w', [CLASSES, 6, 1, 1])]);
      const rows = p.b.transpose(p.b.reshape(scores, [0, CLASSES, 16]), [0, 2, 1]);
      return p.b.reduceMean(rows, [1]);
    });
    expect(best(graph)).toMatchObject({ pooling: 'mean-spatial', classifier: { kind: 'linear' } });
    const flat = classifier((p) => p.b.op('Flatten', [gemm(p, pooled(p))], { axis: int(1) }));
    expect(best(flat).classifier.kind).toBe('linear');
  });
});
