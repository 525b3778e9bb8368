import { expect } from 'vitest';
import {
  float32,
  Graph,
  GraphBuilder,
  int,
  ints,
  type Tensor,
  toNumbers,
  type Value,
} from '../../core/graph/index.ts';
import { type FeatureSite, locateFeatures } from '../../core/locate/index.ts';
import { encodeGraph } from '../../core/onnx/index.ts';
import { openSession } from '../../core/runtime/session.ts';
import { exposeValues } from '../../core/runtime/skeleton.ts';

export const CLASSES = 5;

/** Deterministic values in [-1, 1] that differ from one tensor to the next. */
export function noise(dims: readonly number[], seed: number): Tensor {
  const data = Float32Array.from({ length: dims.reduce((a, b) => a * b, 1) }, (_, i) =>
    Math.sin((i + 1) * 12.9898 + seed * 78.233),
  );
  return float32(data, dims);
}

export interface Parts {
  readonly b: GraphBuilder;
  /** [batch, 6, 4, 4] */
  readonly map: Value;
  weight(name: string, dims: readonly number[]): Value;
}

/** A graph with one small convolution, and whatever `head` makes of its map. */
export function classifier(head: (parts: Parts) => Value | Record<string, Value>, opset = 17): Graph {
  const graph = new Graph();
  graph.opsets.set('', opset);
  const b = new GraphBuilder(graph);
  let seed = 1;
  const weight = (name: string, dims: readonly number[]) => b.weight(name, noise(dims, ++seed));
  const image = b.input('image', 'float32', ['batch', 3, 8, 8]);
  const conv = b.op('Conv', [image, weight('stem', [6, 3, 2, 2])], { strides: ints([2, 2]) });
  const made = head({ b, map: b.relu(conv), weight });
  const outputs = 'name' in made ? { scores: made as Value } : (made as Record<string, Value>);
  for (const [name, value] of Object.entries(outputs)) b.output(value, name);
  return graph;
}

/** [batch, 6] */
export function pooled({ b, map }: Parts): Value {
  return b.op('Flatten', [b.op('GlobalAveragePool', [map])], { axis: int(1) });
}

/** Token features [batch, 16, 6]. */
export function tokens({ b, map }: Parts): Value {
  return b.transpose(b.reshape(map, [0, 6, 16]), [0, 2, 1]);
}

export const best = (graph: Graph): FeatureSite => locateFeatures({ graph })[0]!;

/** Runs the graph on noise and checks that logits = x_v W + b, with x_v and the product computed here. */
export async function expectLinear(graph: Graph, site: FeatureSite, image?: Tensor): Promise<void> {
  if (site.classifier.kind !== 'linear') throw new Error(`opaque: ${site.classifier.why}`);
  const { weight, bias, layout, classes, logits } = site.classifier;
  const input = graph.inputs[0]!;
  const dims = input.shape!.map((d, i) => (typeof d === 'number' ? d : i === 0 ? 2 : 48));
  const wanted = [site.value, logits];
  const known = new Set(graph.outputs.map((o) => o.name));
  const bytes = exposeValues(
    encodeGraph(graph),
    wanted.filter((name) => !known.has(name)),
  );
  const session = await openSession(bytes, { optimization: 'disabled' });
  const result = await session.run({ [input.name]: image ?? noise(dims, 99) }, wanted);
  await session.close();
  const x = poolRows(result[site.value]!, site);
  const w = toNumbers(graph.constants.get(weight)!.read());
  const b = bias ? toNumbers(graph.constants.get(bias)!.read()) : new Array<number>(classes).fill(0);
  const expected = x.flatMap((row) =>
    b.map((offset, c) =>
      row.reduce((sum, v, d) => sum + v * w[layout === 'DC' ? d * classes + c : c * site.width + d]!, offset),
    ),
  );
  const actual = toNumbers(result[logits]!);
  expect(actual.length).toBe(expected.length);
  const scale = Math.max(...expected.map(Math.abs));
  for (const [i, value] of actual.entries())
    expect(Math.abs(value - expected[i]!)).toBeLessThan(1e-5 * (1 + scale));
}

function poolRows(value: Tensor, { pooling, width }: FeatureSite): number[][] {
  const numbers = toNumbers(value);
  const count = value.dims[0]!;
  const size = numbers.length / count;
  const places = size / width;
  return Array.from({ length: count }, (_, n) =>
    Array.from({ length: width }, (_, d) => {
      let sum = 0;
      for (let p = 0; p < places; p++) {
        const at = pooling === 'mean-spatial' ? d * places + p : p * width + d;
        if (pooling === 'class-token') return numbers[n * size + d]!;
        sum += numbers[n * size + at]!;
      }
      return sum / places;
    }),
  );
}
