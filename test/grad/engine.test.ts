import { describe, expect, it } from 'vitest';
import {
  BUILT_IN_RULES,
  builtInRegistry,
  createRegistry,
  differentiate,
  type RuleContext,
  stopGradient,
} from '../../core/grad/index.ts';
import { DTYPE_NUMBER, float32, Graph, GraphBuilder, int, type Value } from '../../core/graph/index.ts';
import { caught } from './caught.ts';
import { checkProblem, expectClose, run, weightedSum } from './check.ts';
import { type Array64, array, sizeOf } from './reference/array.ts';
import { evaluate } from './reference/evaluate.ts';
import { randomFrom } from './samples.ts';

function emptyGraph(): { graph: Graph; b: GraphBuilder } {
  const graph = new Graph();
  graph.opsets.set('', 21);
  return { graph, b: new GraphBuilder(graph) };
}

/** Checks a graph of one or more float32 inputs that `make` builds. */
async function check(
  dims: Readonly<Record<string, readonly number[]>>,
  make: (b: GraphBuilder, inputs: Record<string, Value>) => Value[],
  label: string,
): Promise<void> {
  const { graph, b } = emptyGraph();
  const random = randomFrom(7);
  const feeds = new Map<string, Array64>();
  const inputs: Record<string, Value> = {};
  for (const [name, shape] of Object.entries(dims)) {
    inputs[name] = b.input(name, 'float32', shape);
    feeds.set(
      name,
      array(
        shape,
        Array.from({ length: sizeOf(shape) }, () => Math.fround(0.4 + random())),
      ),
    );
  }
  const outputs = make(b, inputs);
  const loss = weightedSum(b, outputs, feeds, random);
  const problem = {
    graph,
    feeds,
    outputs: outputs.map((y) => y.name),
    loss: loss.name,
    wrt: Object.keys(dims),
  };
  await checkProblem(problem, label);
}

describe('accumulation', () => {
  it('adds up what every reader of a value contributes', () =>
    check(
      { x: [2, 3] },
      (b, { x }) => [b.add(b.mul(x!, x!), b.mul(b.exp(x!), b.div(x!, b.add(x!, x!)))), b.tanh(x!)],
      'many readers',
    ));

  it('adds up along a chain of residual blocks', () =>
    check(
      { x: [2, 3], w: [3, 3] },
      (b, { x, w }) => {
        let y = x!;
        for (let i = 0; i < 4; i++) y = b.add(y, b.tanh(b.matMul(y, w!)));
        return [y];
      },
      'residual blocks',
    ));

  it('gives both operands their own sums when broadcast against each other', () =>
    check({ a: [3, 1], b: [2, 1, 4], c: [] }, (b, v) => [b.mul(b.add(v.a!, v.b!), v.c!)], 'broadcast'));
});

describe('outputs without gradient', () => {
  it.each([
    ['one used', [1]],
    ['two used', [0, 2]],
  ])('Split of three, %s', async (label, used) =>
    check(
      { x: [2, 6] },
      (b, { x }) => {
        const parts = b.split(x!, [1, 2, 3], 1);
        return used.map((i) => b.exp(parts[i]!));
      },
      label,
    ),
  );

  const normalized = (b: GraphBuilder, x: Value): Value[] =>
    b.ops(
      'LayerNormalization',
      [x, b.constant(float32([1, 1, 1], [3]))],
      { axis: int(-1) },
      { outputs: 3, types: [x, { ...x, shape: [2, 1] }, { ...x, shape: [2, 1] }] },
    );

  it.each([
    ['the mean', 1],
    ['the deviation', 2],
  ])('LayerNormalization of which %s alone is used', async (label, used) =>
    check({ x: [2, 3] }, (b, { x }) => [b.exp(normalized(b, x!)[used]!)], label),
  );

  it('are refused where a rule has none for an output that reaches the loss', () => {
    const { graph, b } = emptyGraph();
    const x = b.input('x', 'float32', [2]);
    const types = [x, x];
    const [first, second] = b.emit('test:Pair', [x], {}, { outputs: 2, types }) as [Value, Value];
    const rule = { op: 'Pair', domain: 'test', gradient: (c: RuleContext) => [c.dy] };
    const registry = createRegistry([...BUILT_IN_RULES, rule]);
    const lossOf = (y: Value) => b.reduceSum(y, [0]).name;
    expect(Object.keys(differentiate(graph, lossOf(first), ['x'], registry))).toEqual(['x']);
    const error = caught(() => differentiate(graph, lossOf(b.add(first, second)), ['x'], registry));
    expect(error.code).toBe('no-gradient');
    expect(error.message).toContain('its rule has no gradient for its output 1, which reaches the loss');
  });
});

describe('what is differentiated', () => {
  it('leaves out values that the loss does not depend on, and the ops that only they reach', () => {
    const { graph, b } = emptyGraph();
    const x = b.input('x', 'float32', [2]);
    const unused = b.input('unused', 'float32', [2]);
    b.emit('test:Unheard', [unused], {}, { types: [{ dtype: 'float32', shape: [2] }] });
    const loss = b.reduceSum(b.exp(x), [0]);
    const gradients = differentiate(graph, loss.name, ['x', 'unused']);
    expect(Object.keys(gradients)).toEqual(['x']);
  });

  it('does not go below the values it is asked for', () => {
    const { graph, b } = emptyGraph();
    const x = b.input('x', 'float32', [2]);
    const [y] = b.emit('test:Unheard', [x], {}, { types: [{ dtype: 'float32', shape: [2] }] }) as [Value];
    const z = b.exp(y);
    const loss = b.reduceSum(z, [0]);
    const before = graph.nodes.length;
    const gradients = differentiate(graph, loss.name, [y.name, z.name, loss.name]);
    expect(Object.keys(gradients)).toEqual([y.name, z.name, loss.name]);
    expect(graph.nodes.length).toBeGreaterThan(before);
    expect(graph.typeOf(gradients[y.name]!)).toMatchObject({ dtype: 'float32', shape: [2] });
  });

  it('differentiates by constants, and by float64 values', async () => {
    const { graph, b } = emptyGraph();
    const x = b.input('x', 'float64', [2, 2]);
    const w = b.cast(b.weight('w', float32([1, 2, 3, 4], [2, 2])), 'float64');
    const y = b.sqrt(b.mul(b.matMul(x, w), b.scalar(2, x)));
    const loss = b.op('ReduceSum', [y], { keepdims: int(0) });
    const gradients = differentiate(graph, loss.name, ['x', 'w']);
    expect(graph.typeOf(gradients.x!)).toMatchObject({ dtype: 'float64', shape: [2, 2] });
    expect(graph.typeOf(gradients.w!)).toMatchObject({ dtype: 'float32', shape: [2, 2] });
    b.output(b.value(gradients.w!), 'dw');
    const feeds = new Map([['x', array([2, 2], [1, 2, 3, 4])]]);
    const dw = (await run(graph, feeds)).get('dw')!;
    // d sqrt(2 x w) = 1 / sqrt(2 x w), summed with x: x w = [[7, 10], [15, 22]].
    const r = [7, 10, 15, 22].map((v) => 1 / Math.sqrt(2 * v)) as [number, number, number, number];
    const expected = [r[0] + 3 * r[2], r[1] + 3 * r[3], 2 * r[0] + 4 * r[2], 2 * r[1] + 4 * r[3]];
    expectClose(dw, array([2, 2], expected), 'dw');
  });

  it('stops at stopGradient, and at values that are no floats', async () => {
    const { graph, b } = emptyGraph();
    const x = b.input('x', 'float32', [3]);
    const throughIntegers = b.cast(b.cast(x, 'int64'), 'float32');
    const y = b.mul(b.add(stopGradient(b, x), throughIntegers), x);
    const loss = b.reduceSum(y, [0]);
    const gradients = differentiate(graph, loss.name, ['x']);
    b.output(b.value(gradients.x!), 'dx');
    const dx = (await run(graph, new Map([['x', array([3], [0.5, 1.5, -2.5])]]))).get('dx')!;
    expectClose(dx, array([3], [0.5 + 0, 1.5 + 1, -2.5 - 2]), 'dx');
    const alone = b.reduceSum(stopGradient(b, x), [0]);
    expect(differentiate(graph, alone.name, ['x'])).toEqual({});
  });

  it('accepts a loss of shape [1, 1]', async () => {
    const { graph, b } = emptyGraph();
    const x = b.input('x', 'float32', [2]);
    const loss = b.reshape(b.reduceSum(b.mul(x, x), [0]), [1, 1]);
    b.output(b.value(differentiate(graph, loss.name, ['x']).x!), 'dx');
    const dx = (await run(graph, new Map([['x', array([2], [3, 4])]]))).get('dx')!;
    expectClose(dx, array([2], [6, 8]), 'dx');
  });
});

describe('ops without gradient', () => {
  const silent = BUILT_IN_RULES.filter((rule) => rule.gradient === 'none');
  it.each(silent.map((rule) => [rule.op, rule.domain ?? ''] as const))('%s%s', (op, domain) => {
    const { graph, b } = emptyGraph();
    b.input('x', 'float32', [2]);
    // Whatever else the op takes: the engine is to stop before it looks.
    graph.nodes.push({ op, domain, name: op, inputs: ['x'], outputs: ['y'], attributes: {} });
    graph.types.set('y', { dtype: 'float32', shape: [2] });
    expect(differentiate(graph, b.reduceSum(b.exp(b.value('y')), [0]).name, ['x'])).toEqual({});
  });

  it.each(['Floor', 'Ceil', 'Round', 'Sign'] as const)('%s is flat between its steps', (op) => {
    const { graph, b } = emptyGraph();
    const y = b.op(op, [b.input('x', 'float32', [4])]);
    const at = (h: number) =>
      evaluate(graph, new Map([['x', array([4], [-1.3 + h, -0.2 + h, 0.3 + h, 1.7 + h])]])).get(y.name);
    expect(at(1e-3)).toEqual(at(-1e-3));
  });
});

describe('ties', () => {
  const tied = array([1, 1, 2, 4], [0, 0, 5, 1, 0, 0, 5, 5]);

  it('MaxPool gives all to the first maximum of each window', async () => {
    const { graph, b } = emptyGraph();
    const x = b.input('x', 'float32', tied.dims);
    const y = b.op('MaxPool', [x], {
      kernel_shape: { kind: 'ints', value: [2, 2] },
      strides: { kind: 'ints', value: [2, 2] },
    });
    const loss = b.op('ReduceSum', [y], { keepdims: int(0) });
    b.output(b.value(differentiate(graph, loss.name, ['x']).x!), 'dx');
    const dx = (await run(graph, new Map([['x', tied]]))).get('dx')!;
    expectClose(dx, array(tied.dims, [1, 0, 1, 0, 0, 0, 0, 0]), 'dx');
  });

  it.each([
    ['GlobalMaxPool', [0, 0, 1, 0, 0, 0, 1, 1].map((m) => m / 3)],
    ['ReduceMax', [0, 0, 1, 0, 0, 0, 1, 1].map((m) => m / 3)],
    ['ReduceMin', [1, 1, 0, 0, 1, 1, 0, 0].map((m) => m / 4)],
  ] as const)('%s shares evenly', async (op, expected) => {
    const { graph, b } = emptyGraph();
    const x = b.input('x', 'float32', tied.dims);
    const loss = b.op('ReduceSum', [b.op(op, [x])], { keepdims: int(0) });
    b.output(b.value(differentiate(graph, loss.name, ['x']).x!), 'dx');
    const dx = (await run(graph, new Map([['x', tied]]))).get('dx')!;
    expectClose(dx, array(tied.dims, expected), 'dx');
  });

  it('Max shares evenly between its operands', async () => {
    const { graph, b } = emptyGraph();
    const [p, q] = [b.input('p', 'float32', [3]), b.input('q', 'float32', [3])];
    const loss = b.reduceSum(b.op('Max', [p, q]), [0]);
    const gradients = differentiate(graph, loss.name, ['p', 'q']);
    b.output(b.value(gradients.p!), 'dp');
    const feeds = new Map([
      ['p', array([3], [1, 2, 3])],
      ['q', array([3], [2, 2, 2])],
    ]);
    expectClose((await run(graph, feeds)).get('dp')!, array([3], [0, 0.5, 1]), 'dp');
  });

  it('Relu, Clip and HardSwish give 0 at their lower kink', async () => {
    for (const op of ['Relu', 'Clip', 'HardSwish'] as const) {
      const { graph, b } = emptyGraph();
      const x = b.input('x', 'float32', [1]);
      const y = op === 'Clip' ? b.op(op, [x, b.scalar(0, x)]) : b.op(op, [x]);
      b.output(b.value(differentiate(graph, b.reduceSum(y, [0]).name, ['x']).x!), 'dx');
      const kink = op === 'HardSwish' ? -3 : 0;
      const dx = (await run(graph, new Map([['x', array([1], [kink])]]))).get('dx')!;
      expect(dx.data[0], op).toBeCloseTo(0, 12);
    }
  });
});

describe('errors', () => {
  /** x -> Unheard -> `depth` Exp nodes -> sum */
  function unheard(depth: number): { graph: Graph; loss: string } {
    const { graph, b } = emptyGraph();
    const x = b.input('x', 'float32', [2, 3]);
    const type = { dtype: 'float32', shape: [2, 3] } as const;
    const node = { op: 'Unheard', domain: '', name: 'Unheard:y0', inputs: [x.name, ''], outputs: ['y0'] };
    graph.nodes.push({ ...node, attributes: {} });
    graph.types.set('y0', type);
    let y: Value = { name: 'y0', ...type };
    for (let i = 1; i <= depth; i++) y = b.op('Exp', [y], {}, { names: [`y${i}`] });
    const loss = b.op('ReduceSum', [y], { keepdims: int(0) }, { names: ['loss'] });
    return { graph, loss: loss.name };
  }

  it('names the op without a rule, its node, its inputs, and the way to the loss', () => {
    const { graph, loss } = unheard(1);
    const error = caught(() => differentiate(graph, loss, ['x']));
    expect(error.code).toBe('no-gradient');
    expect(error.message).toBe(
      'cannot differentiate op Unheard (node "Unheard:y0"): there is no gradient rule for it\n' +
        '  inputs: x float32[2,3], (left out)\n' +
        '  path to the loss: y0 -(Exp)-> y1 -(ReduceSum)-> loss',
    );
    expect(error.hint).toMatch(/--tune last:N/);
    expect(error.hint).toMatch(/adapter/);
  });

  it('names the op that shapes are open behind, not what reads them', () => {
    const { graph, loss } = unheard(2);
    for (const name of ['y0', 'y1', 'y2']) graph.types.set(name, { dtype: 'float32', shape: undefined });
    const missing = caught(() => differentiate(graph, loss, ['x']));
    expect(missing.message).toContain('op Unheard (node "Unheard:y0"): there is no gradient rule for it');
    const b = new GraphBuilder(graph);
    const weighted = b.mul({ name: 'y2', dtype: 'float32', shape: [2, 3] }, b.input('w', 'float32', [2, 3]));
    graph.types.set(weighted.name, { dtype: 'float32', shape: ['?', 3] });
    const sum = b.op('ReduceSum', [weighted], { keepdims: int(0) });
    const frozen = caught(() => differentiate(graph, sum.name, ['w']));
    expect(frozen.code).toBe('no-gradient');
    expect(frozen.message).toContain(
      'op Unheard (node "Unheard:y0"): the shape of what it gives is not known',
    );
  });

  it('shortens a long way in the middle', () => {
    const { graph, loss } = unheard(20);
    const { message } = caught(() => differentiate(graph, loss, ['x']));
    expect(message).toContain(
      'y0 -(Exp)-> y1 -(Exp)-> y2 -(Exp)-> y3 -(Exp)-> y4 … 13 more … -(Exp)-> y18 -(Exp)-> y19 -(Exp)-> y20 ' +
        '-(ReduceSum)-> loss',
    );
  });

  it('says why a rule cannot handle a node', () => {
    const { graph, b } = emptyGraph();
    const x = b.input('x', 'float32', [2, 3]);
    const scale = b.weight('scale', float32([1, 1, 1]));
    const y = b.op('BatchNormalization', [x, scale, scale, scale, scale], { training_mode: int(1) });
    const loss = b.op('ReduceSum', [y], { keepdims: int(0) });
    const error = caught(() => differentiate(graph, loss.name, ['x']));
    expect(error.code).toBe('no-gradient');
    expect(error.message).toContain('it computes batch statistics');
  });

  it('says which axes only a run knows', () => {
    const { graph, b } = emptyGraph();
    const x = b.input('x', 'float32', [2, 3]);
    const axes = b.input('axes', 'int64', [2]);
    const y = b.op(
      'ReduceSum',
      [x, axes],
      { keepdims: int(0) },
      { types: [{ dtype: 'float32', shape: [] }] },
    );
    const error = caught(() => differentiate(graph, y.name, ['x']));
    expect(error.message).toContain('its axes (input 1) are known only when it runs');
  });

  it('refuses two rules for one op', () => {
    const twice = [...BUILT_IN_RULES, { op: 'Conv', gradient: 'none' as const }];
    const error = caught(() => createRegistry(twice));
    expect(error.message).toBe('two gradient rules for op Conv of domain ""');
    expect(() =>
      createRegistry([...BUILT_IN_RULES, { op: 'Conv', domain: 'mine', gradient: 'none' }]),
    ).not.toThrow();
  });

  it('takes a rule for an op it does not know', async () => {
    const registry = createRegistry([
      ...builtInRegistry.rules,
      { op: 'Unheard', gradient: (c) => [() => c.builder.neg(c.dy)] },
    ]);
    const { graph, loss } = unheard(0);
    const dx = differentiate(graph, loss, ['x'], registry).x!;
    expect(graph.typeOf(dx)).toMatchObject({ dtype: 'float32', shape: [2, 3] });
  });

  it.each([
    [
      'shape',
      (c: { builder: GraphBuilder; dy: Value }) => c.builder.reduceSum(c.dy, [0]),
      /\[3\] for input 0 \[2,3\]/,
    ],
    [
      'dtype',
      (c: { builder: GraphBuilder; dy: Value }) => c.builder.cast(c.dy, 'float64'),
      /float64 gradient for input 0/,
    ],
  ])('catches a rule whose gradient has the wrong %s', (_, wrong, message) => {
    const registry = createRegistry([...BUILT_IN_RULES, { op: 'Unheard', gradient: (c) => [wrong(c)] }]);
    const { graph, loss } = unheard(0);
    const error = caught(() => differentiate(graph, loss, ['x'], registry));
    expect(error.code).toBe('internal');
    expect(error.message).toMatch(message);
  });

  it('catches a rule that gives more gradients than there are inputs', () => {
    const registry = createRegistry([
      ...BUILT_IN_RULES,
      { op: 'Unheard', gradient: (c) => [c.dy, c.dy, c.dy] },
    ]);
    const { graph, loss } = unheard(0);
    expect(caught(() => differentiate(graph, loss, ['x'], registry)).message).toContain(
      'gives 3 gradients for 2 inputs',
    );
  });

  it('refuses unknown names, integers, and a loss of several elements', () => {
    const { graph, b } = emptyGraph();
    const x = b.input('x', 'float32', [2]);
    const n = b.cast(x, 'int64');
    const loss = b.reduceSum(b.exp(x), [0]);
    expect(DTYPE_NUMBER[n.dtype]).toBe(7);
    expect(caught(() => differentiate(graph, loss.name, ['nowhere'])).message).toContain(
      'no value "nowhere"',
    );
    expect(caught(() => differentiate(graph, loss.name, [n.name])).message).toContain('is int64');
    expect(caught(() => differentiate(graph, b.exp(x).name, ['x'])).message).toContain('has shape [2]');
  });
});
