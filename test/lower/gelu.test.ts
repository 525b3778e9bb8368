import { describe, expect, it } from 'vitest';
import { crossEntropy, differentiate } from '../../core/grad/index.ts';
import { float32, Graph, GraphBuilder, int, type Tensor, type Value } from '../../core/graph/index.ts';
import { lower, optimize, recogniseGelu } from '../../core/lower/index.ts';
import { recomputeActivations } from '../../core/lower/recompute.ts';
import { encodeGraph } from '../../core/onnx/index.ts';
import { openSession } from '../../core/runtime/session.ts';
import { noise, relativeError } from './gradient-op.ts';

type Form = (b: GraphBuilder, x: Value) => Value;

const number = (b: GraphBuilder, value: number): Value => b.weight('number', float32([value], []));
const erfOf: Form = (b, x) => b.op('Erf', [b.div(x, number(b, Math.SQRT2))]);
const sumOf: Form = (b, x) => b.add(erfOf(b, x), number(b, 1));

const FORMS: Readonly<Record<string, Form>> = {
  'x * sum, halved': (b, x) => b.mul(b.mul(x, sumOf(b, x)), number(b, 0.5)),
  'half of x, times the sum': (b, x) => b.mul(b.mul(number(b, 0.5), x), sumOf(b, x)),
  'x times half of the sum': (b, x) => b.mul(x, b.mul(sumOf(b, x), number(b, 0.5))),
  'a product in place of the quotient': (b, x) => {
    const erf = b.op('Erf', [b.mul(number(b, Math.SQRT1_2), x)]);
    return b.mul(b.mul(x, b.add(number(b, 1), erf)), number(b, 0.5));
  },
};

const OTHERS: Readonly<Record<string, Form>> = {
  'another divisor': (b, x) => {
    const erf = b.op('Erf', [b.div(x, number(b, 1.5))]);
    return b.mul(b.mul(x, b.add(erf, number(b, 1))), number(b, 0.5));
  },
  'another summand': (b, x) => b.mul(b.mul(x, b.add(erfOf(b, x), number(b, 2))), number(b, 0.5)),
  'another factor': (b, x) => b.mul(b.mul(x, sumOf(b, x)), number(b, 0.25)),
  'another value': (b, x) => b.mul(b.mul(b.neg(x), sumOf(b, x)), number(b, 0.5)),
};

const SHAPE = [3, 40];

function graphOf(form: Form): Graph {
  const graph = new Graph();
  graph.opsets.set('', 21);
  const b = new GraphBuilder(graph);
  b.output(form(b, b.input('x', 'float32', SHAPE)), 'y');
  return graph;
}

async function run(graph: Graph, feeds: Record<string, Tensor>): Promise<Record<string, Tensor>> {
  const session = await openSession(encodeGraph(graph), { threads: 1 });
  try {
    return await session.run(feeds);
  } finally {
    await session.close();
  }
}

const opsOf = (graph: Graph): string[] => graph.nodes.map((node) => node.op);
const asDouble = ({ dims, data }: Tensor) => ({ dims, data: Float64Array.from(data as Float32Array) });
const inputOf = (dims: readonly number[], seed = 1): Tensor =>
  float32(
    Float32Array.from(noise(dims, seed).data, (v) => 4 * v),
    dims,
  );

describe('GELU written out', () => {
  it.each(Object.entries(FORMS))('is one op: %s', async (_, form) => {
    const graph = graphOf(form);
    const recognised = recogniseGelu(graph);
    expect(opsOf(recognised).filter((op) => op !== 'Identity')).toEqual(['Gelu']);
    const feeds = { x: inputOf(SHAPE) };
    const [plain, fused] = [await run(graph, feeds), await run(recognised, feeds)];
    expect(relativeError(fused.y!, asDouble(plain.y!))).toBeLessThan(1e-6);
  });

  it.each(Object.entries(OTHERS))('is not what has %s', (_, form) => {
    const graph = graphOf(form);
    expect(opsOf(recogniseGelu(graph))).toEqual(opsOf(graph));
  });

  it('stays as it is below operator set 20', () => {
    const graph = graphOf(FORMS['x * sum, halved']!);
    graph.opsets.set('', 17);
    expect(opsOf(recogniseGelu(graph))).toEqual(opsOf(graph));
  });
});

describe('activations computed again', () => {
  const [ROWS, WIDTH, LAYERS] = [6, 5, 12];

  /** Layers enough that the first activations are read again long after they were made. */
  function step(): {
    readonly graph: Graph;
    readonly feeds: Record<string, Tensor>;
    readonly outputs: string[];
  } {
    const graph = new Graph();
    graph.opsets.set('', 21);
    const b = new GraphBuilder(graph);
    const feeds: Record<string, Tensor> = {
      image: inputOf([2, ROWS / 2, WIDTH]),
      labels: inputOf([ROWS, WIDTH], 2),
    };
    let x = b.input('image', 'float32', [2, ROWS / 2, WIDTH]);
    const labels = b.input('labels', 'float32', [ROWS, WIDTH]);
    const weights = Array.from({ length: LAYERS }, (_, i) => {
      feeds[`w${i}`] = inputOf([WIDTH, WIDTH], 3 + i);
      return b.input(`w${i}`, 'float32', [WIDTH, WIDTH]);
    });
    for (const w of weights) {
      const rows = b.op('Gemm', [b.reshape(x, [ROWS, WIDTH]), w], { transB: int(1) });
      x = b.op('Gelu', [b.reshape(rows, [2, ROWS / 2, WIDTH])]);
    }
    const loss = crossEntropy(b, b.reshape(x, [ROWS, WIDTH]), labels);
    const gradients = differentiate(
      graph,
      loss.name,
      weights.map((w) => w.name),
    );
    for (const name of Object.values(gradients)) b.output(b.value(name));
    return { graph: optimize(lower(optimize(graph), 'cpu')), feeds, outputs: Object.values(gradients) };
  }

  it('give the same gradients, and are not kept', async () => {
    const { graph, feeds, outputs } = step();
    const again = recomputeActivations(graph);
    const made = again.nodes.filter((node) => node.domain === 'com.microsoft' && node.op === 'Gelu');
    // Those of the last layers are read again soon.
    expect(made.length).toBeGreaterThan(LAYERS / 2);
    expect(made.length).toBeLessThan(LAYERS);
    expect(optimize(again).nodes.filter((node) => node.op === 'Gelu').length).toBe(LAYERS + made.length);
    const [kept, computed] = [await run(graph, feeds), await run(again, feeds)];
    for (const name of outputs) {
      expect(Math.hypot(...(kept[name]!.data as Float32Array))).toBeGreaterThan(0);
      expect(relativeError(computed[name]!, asDouble(kept[name]!)), name).toBeLessThan(1e-5);
    }
  });
});
