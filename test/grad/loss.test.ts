import { describe, expect, it } from 'vitest';
import { crossEntropy, differentiate } from '../../core/grad/index.ts';
import { Graph, GraphBuilder } from '../../core/graph/index.ts';
import { expectClose, run } from './check.ts';
import { type Array64, array, build } from './reference/array.ts';
import { randomFrom } from './samples.ts';

/** The loss and d(logits), from the project and by direct computation in double precision. */
async function compare(logits: Array64, labels: Array64, weight?: readonly number[]): Promise<void> {
  const [batch, classes] = logits.dims as [number, number];
  const graph = new Graph();
  graph.opsets.set('', 21);
  const b = new GraphBuilder(graph);
  const feeds = new Map([
    ['logits', logits],
    ['labels', labels],
  ]);
  const [x, p] = [b.input('logits', 'float32', logits.dims), b.input('labels', 'float32', labels.dims)];
  if (weight) feeds.set('weight', array([batch], weight));
  const w = weight && b.input('weight', 'float32', [batch]);
  const loss = crossEntropy(b, x, p, w);
  const gradients = differentiate(graph, loss.name, ['logits']);
  b.output(loss, 'loss');
  b.output(b.value(gradients.logits!), 'gradient');
  const results = await run(graph, feeds);

  const shares = weight ?? new Array<number>(batch).fill(1);
  const total = shares.reduce((a, s) => a + s, 0) || 1;
  let expected = 0;
  const rows = shares.map((share, i) => {
    const row = Array.from(logits.data.subarray(i * classes, (i + 1) * classes));
    const target = labels.data.subarray(i * classes, (i + 1) * classes);
    const top = Math.max(...row);
    const logSum = top + Math.log(row.reduce((a, v) => a + Math.exp(v - top), 0));
    row.forEach((v, c) => {
      expected -= (share / total) * target[c]! * (v - logSum);
    });
    return row.map((v) => Math.exp(v - logSum));
  });
  const gradient = build(
    logits.dims,
    ([i, c]) => (shares[i!]! / total) * (rows[i!]![c!]! - labels.data[i! * classes + c!]!),
  );
  expectClose(results.get('loss')!, array([], [expected]), 'loss');
  expectClose(results.get('gradient')!, gradient, 'gradient');
}

const random = randomFrom(3);
const logitsOf = (batch: number, classes: number, reach: number): Array64 =>
  build([batch, classes], () => Math.fround(reach * (2 * random() - 1)));
const oneHot = (batch: number, classes: number, smoothing = 0): Array64 =>
  build([batch, classes], ([i, c]) =>
    Math.fround((c === (i! * 2) % classes ? 1 - smoothing : 0) + smoothing / classes),
  );

describe('cross-entropy', () => {
  it('one-hot labels', () => compare(logitsOf(5, 4, 2), oneHot(5, 4)));
  it('a batch of one', () => compare(logitsOf(1, 3, 2), oneHot(1, 3)));
  it('smoothed labels', () => compare(logitsOf(5, 7, 2), oneHot(5, 7, 0.1)));
  it('row weights, some of them zero', () =>
    compare(logitsOf(4, 3, 2), oneHot(4, 3), [1, 0, 0.5, 2].map(Math.fround)));
  it('weights that are all zero give zeros', () => compare(logitsOf(2, 3, 2), oneHot(2, 3), [0, 0]));
  it('logits of thousands neither overflow nor lose the gradient', () =>
    compare(array([3, 3], [5000, 0, -5000, 3e4, 3e4, 3e4, -2000, -2001, -2002]), oneHot(3, 3)));
  it('stays finite where a class has no probability left', async () => {
    await compare(array([1, 2], [1e4, -1e4]), array([1, 2], [0, 1]));
    expect.assertions(2);
  });
});
