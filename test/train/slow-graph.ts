import { Graph, GraphBuilder, type Tensor } from '../../core/graph/index.ts';

const SIDE = 768;

/** A graph whose run takes long: so many products of 0.9 billion operations each, one after the other. */
export function slowGraph(products: number): Graph {
  const graph = new Graph();
  graph.opsets.set('', 21);
  const b = new GraphBuilder(graph);
  let x = b.input('x', 'float32', [SIDE, SIDE]);
  for (let i = 0; i < products; i++) x = b.op('Tanh', [b.matMul(x, x)]);
  b.output(b.reshape(b.reduceSum(x, [0, 1]), [1]), 'sum');
  return graph;
}

export function slowFeeds(): Record<string, Tensor> {
  return { x: { dtype: 'float32', dims: [SIDE, SIDE], data: new Float32Array(SIDE * SIDE).fill(1e-3) } };
}
