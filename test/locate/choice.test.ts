import { describe, expect, it } from 'vitest';
import { MarnetError } from '../../core/errors.ts';
import { type Graph, int, int64, ints } from '../../core/graph/index.ts';
import { type LocateOptions, locateFeatures } from '../../core/locate/index.ts';
import { CLASSES, classifier, expectLinear, type Parts, pooled, tokens } from './backbones.ts';

const gemm = (p: Parts, x = pooled(p), classes = CLASSES, width = 6) =>
  p.b.op('Gemm', [x, p.weight('w', [width, classes]), p.weight('b', [classes])]);

function failure(graph: Graph, options: LocateOptions = {}): MarnetError {
  try {
    locateFeatures({ graph }, options);
  } catch (error) {
    if (error instanceof MarnetError) return error;
    throw error;
  }
  throw new Error('a site was found');
}

describe('several outputs', () => {
  const auxiliary = () =>
    classifier((p) => {
      const aux = gemm(p, p.b.reduceMean(p.map, [2, 3]));
      const deep = p.b.relu(p.b.op('Conv', [p.map, p.weight('c', [8, 6, 1, 1])]));
      return { aux, main: gemm(p, p.b.reduceMean(deep, [2, 3]), CLASSES, 8) };
    });

  it('prefers the deeper head, and lists the auxiliary one', () => {
    const sites = locateFeatures({ graph: auxiliary() });
    expect(sites.map((site) => [site.output, site.width])).toEqual([
      ['main', 8],
      ['aux', 6],
    ]);
  });

  it('takes the output of that name', () => {
    const sites = locateFeatures({ graph: auxiliary() }, { output: 'aux' });
    expect(sites.map((site) => site.output)).toEqual(['aux']);
  });

  const tasks = () => classifier((p) => ({ gender: gemm(p, pooled(p), 2), age: gemm(p, pooled(p), 9) }));

  it('prefers more classes among equals, and takes an output by its number of classes', () => {
    expect(locateFeatures({ graph: tasks() })[0]!.output).toBe('age');
    const sites = locateFeatures({ graph: tasks() }, { output: '2' });
    expect(sites.map((site) => site.output)).toEqual(['gender']);
  });

  it('does not take an embedding for the classifier that reads it', () => {
    const graph = classifier((p) => {
      const embedding = gemm(p, pooled(p), 64);
      return { embedding, scores: gemm(p, embedding, CLASSES, 64) };
    });
    expect(locateFeatures({ graph })[0]).toMatchObject({ output: 'scores', width: 64 });
  });

  it('takes the mean of two heads before either of them, as DeiT has them', () => {
    const graph = classifier((p) => {
      const t = tokens(p);
      const token = (i: number) => p.b.gather(t, p.b.constant({ ...int64([i]), dims: [] }), 1);
      const head = (name: string, i: number) =>
        p.b.op('Gemm', [token(i), p.weight(name, [6, CLASSES]), p.weight(`${name}.bias`, [CLASSES])]);
      const [classToken, distilled] = [head('w0', 0), head('w1', 1)];
      const two = p.b.scalar(2, { dtype: 'float32' });
      return { classToken, distilled, mean: p.b.div(p.b.add(classToken, distilled), two) };
    });
    const sites = locateFeatures({ graph });
    expect(sites[0]).toMatchObject({ output: 'mean', pooling: 'class-token', width: 6, activation: [] });
    expect(sites.map((site) => site.output)).toContain('classToken');
    expect(locateFeatures({ graph }, { output: 'distilled' })[0]!.output).toBe('distilled');
  });

  it('does not take numbers that a model makes of its scores for better scores', () => {
    const graph = classifier((p) => {
      const scores = gemm(p);
      const types = [{ dtype: 'float32' as const, shape: ['batch', CLASSES] }];
      return { scores, ranks: p.b.emit('custom:Rank', [scores], {}, { types })[0]! };
    });
    expect(locateFeatures({ graph })[0]).toMatchObject({ output: 'scores', value: 'Flatten' });
  });

  it('takes scores before the index of the best class', () => {
    const graph = classifier((p) => {
      const scores = gemm(p);
      return { best: p.b.op('ArgMax', [scores], { axis: int(1) }), scores: p.b.op('Softmax', [scores]) };
    });
    const sites = locateFeatures({ graph });
    expect(sites).toHaveLength(1);
    expect(sites[0]).toMatchObject({ output: 'scores', activation: ['Softmax'] });
  });

  it('names the outputs there are when asked for another', () => {
    const error = failure(auxiliary(), { output: 'mian' });
    expect(error).toMatchObject({ code: 'usage', message: 'the model has no output "mian"' });
    expect(error.hint).toContain('"aux" [batch, 5], "main" [batch, 5]');
    expect(error.hint).toContain('Did you mean "main"?');
    // A number is one of classes, and near to no name.
    expect(failure(auxiliary(), { output: '7' }).hint).not.toContain('mean');
  });
});

describe('no site', () => {
  it('says for every output what was tried and why it failed', () => {
    const graph = classifier((p) => ({
      mask: p.b.sigmoid(p.b.op('Conv', [p.map, p.weight('m', [2, 6, 1, 1])])),
      perToken: p.b.matMul(tokens(p), p.weight('t', [6, CLASSES])),
      count: p.b.cast(pooled(p), 'int64'),
      features: pooled(p),
    }));
    const error = failure(graph);
    expect(error.code).toBe('no-feature-site');
    expect(error.hint).toContain('--at');
    const lines = error.message.split('\n').slice(1);
    expect(lines[0]).toMatch(
      /output "mask", scores: its shape \[batch, 2, 4, 4\] holds scores for many positions/,
    );
    expect(lines[1]).toMatch(/output "perToken", scores: its shape \[batch, 16, 5\] holds scores/);
    expect(lines[2]).toContain('output "count", scores: it is int64, and scores are floating');
    expect(lines[3]).toContain('output "features", last dense layer: Conv');
    expect(lines[3]).toContain("a backbone's layer");
  });

  it('refuses a pooled map with no classifier after it', () => {
    const graph = classifier((p) =>
      p.b.reduceMean(p.b.add(p.map, p.b.op('Conv', [p.map, p.weight('r', [6, 6, 1, 1])])), [2, 3]),
    );
    const error = failure(graph);
    expect(error.message).toContain('features before an unknown head: ReduceMean');
    expect(error.message).toContain('no classifier layer is near');
  });

  it('refuses scores for several positions behind a Reshape', () => {
    const graph = classifier((p) =>
      p.b.reshape(p.b.op('Gemm', [p.b.reshape(tokens(p), [-1, 6]), p.weight('w', [6, CLASSES])]), [-1, 80]),
    );
    expect(failure(graph).message).toContain('its last dense layer makes 5 numbers');
  });

  it('refuses the mean of rows that a Reshape took apart', () => {
    const graph = classifier((p) => {
      const rows = p.b.op('Gemm', [p.b.reshape(tokens(p), [-1, 6]), p.weight('w', [6, CLASSES])]);
      return p.b.reduceMean(p.b.reshape(rows, [-1, 16, CLASSES]), [1]);
    });
    expect(failure(graph).message).toContain('several a picture');
  });
});

describe('at', () => {
  const graph = () =>
    classifier((p) => {
      const hidden = p.b.relu(
        p.b.op('Conv', [p.map, p.weight('c', [7, 6, 3, 3])], { pads: ints([1, 1, 1, 1]) }),
      );
      const flat = p.b.op(
        'Flatten',
        [p.b.op('GlobalAveragePool', [hidden])],
        { axis: int(1) },
        { names: ['flat'] },
      );
      return p.b.op('Softmax', [gemm(p, flat, CLASSES, 7)]);
    });

  it('takes a value by name, or by its node', () => {
    const g = graph();
    const flat = g.nodes.find((node) => node.outputs[0] === 'flat')!;
    for (const at of ['flat', flat.name])
      expect(locateFeatures({ graph: g }, { at })).toMatchObject([
        { value: 'flat', pooling: 'none', width: 7, classifier: { kind: 'linear' } },
      ]);
  });

  it('knows that the mean of a map before its pooling gives the same vector', async () => {
    const g = graph();
    const map = g.nodes.find((node) => node.op === 'GlobalAveragePool')!.inputs[0]!;
    const [site] = locateFeatures({ graph: g }, { at: map });
    expect(site).toMatchObject({
      shape: ['batch', 7, 4, 4],
      pooling: 'mean-spatial',
      activation: ['Softmax'],
    });
    await expectLinear(g, site!);
  });

  it('takes any value that everything may not pass through, with an opaque classifier', () => {
    const g = graph();
    const relu = g.nodes.find((node) => node.op === 'Relu')!;
    expect(locateFeatures({ graph: g }, { at: relu.outputs[0]! })).toMatchObject([
      { pooling: 'mean-spatial', width: 6, classifier: { kind: 'opaque', classes: CLASSES } },
    ]);
  });

  it('names what is near when nothing has that name', () => {
    const error = failure(graph(), { at: 'flatt' });
    expect(error.code).toBe('usage');
    expect(error.message).toContain('"flatt"');
    expect(error.hint).toMatch(/^Near it: "flat",/);
  });

  it('refuses the scores themselves, constants, and what leads to no scores', () => {
    expect(failure(graph(), { at: 'scores' }).message).toContain("it is the model's result");
    const aside = classifier((p) => ({ scores: gemm(p), mask: p.b.sigmoid(p.map) }));
    const mask = aside.nodes.find((node) => node.op === 'Sigmoid')!.outputs[0]!;
    expect(failure(aside, { at: mask, output: 'scores' }).message).toContain('does not lead to "scores"');
  });
});
