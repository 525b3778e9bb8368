/** Runs small graphs in onnxruntime, and a second statement of the heads in plain double-precision TypeScript. */
import { Graph, GraphBuilder, type Shape, type Tensor, type Value } from '../../core/graph/index.ts';
import { lower } from '../../core/lower/index.ts';
import { type HeadOptions, type HeadSizes, headOptions, initializeHeads } from '../../core/marnet/index.ts';
import { encodeGraph } from '../../core/onnx/index.ts';
import { openSession } from '../../core/runtime/session.ts';

export type Matrix = number[][];

export function uniformStream(seed: number): () => number {
  let state = seed >>> 0 || 1;
  return () => {
    // mulberry32
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function randomMatrix(rows: number, columns: number, seed: number, scale = 1): Matrix {
  const next = uniformStream(seed);
  return Array.from({ length: rows }, () =>
    Array.from({ length: columns }, () => Math.fround((2 * next() - 1) * scale)),
  );
}

export function tensor(matrix: Matrix): Tensor {
  return {
    dtype: 'float32',
    dims: [matrix.length, matrix[0]!.length],
    data: Float32Array.from(matrix.flat()),
  };
}

export function newGraph(opset = 21): Graph {
  const graph = new Graph();
  graph.opsets.set('', opset);
  return graph;
}

export async function run(graph: Graph, feeds: Record<string, Tensor>): Promise<Record<string, Tensor>> {
  const session = await openSession(encodeGraph(lower(graph, 'portable')));
  try {
    return await session.run(feeds);
  } finally {
    await session.close();
  }
}

/** Builds a graph of the given inputs and runs it; the results come back in the order of the outputs. */
export async function evaluate(
  inputs: Record<string, Matrix>,
  build: (b: GraphBuilder, inputs: Record<string, Value>) => Value[],
  opset = 21,
): Promise<Float32Array[]> {
  const graph = newGraph(opset);
  const b = new GraphBuilder(graph);
  const values: Record<string, Value> = {};
  const feeds: Record<string, Tensor> = {};
  for (const [name, matrix] of Object.entries(inputs)) {
    feeds[name] = tensor(matrix);
    values[name] = b.input(name, 'float32', feeds[name].dims as Shape);
  }
  build(b, values).forEach((value, i) => {
    b.output(value, `result${i}`);
  });
  const results = await run(graph, feeds);
  return graph.outputs.map((o) => results[o.name]!.data as Float32Array);
}

export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  let largest = 0;
  for (let i = 0; i < a.length; i++) largest = Math.max(largest, Math.abs(a[i]! - b[i]!));
  return largest;
}

export const smallOptions: HeadOptions = headOptions({
  latent: 6,
  visualHidden: 5,
  textWidth: 4,
  denoiserWidth: 8,
  timeWidth: 4,
  fusionHidden: 7,
  diffusionSteps: 20,
  samplingSteps: 3,
  dropout: 0,
});

/** Parameters that are all random, the zero ones too, so that every path shows in the result. */
export function randomHeads(options: HeadOptions, sizes: HeadSizes, seed: number): Map<string, Tensor> {
  const heads = initializeHeads(options, sizes, () => uniformStream(seed));
  let k = seed;
  for (const [name, parameter] of heads) {
    const next = uniformStream(++k * 7919);
    const values = Float32Array.from(parameter.data as Float32Array, () => 2 * next() - 1);
    const positive = name.endsWith('/scale');
    heads.set(name, { ...parameter, data: positive ? values.map((v) => 1 + v / 2) : values });
  }
  return heads;
}

/** The heads' parameters as matrices, vectors being rows. */
export function matrixOf(parameters: ReadonlyMap<string, Tensor>, name: string): Matrix {
  const { dims, data } = parameters.get(name)!;
  const columns = dims.at(-1)!;
  const flat = Array.from(data as Float32Array);
  return Array.from({ length: flat.length / columns }, (_, i) => flat.slice(i * columns, (i + 1) * columns));
}

export const product = (a: Matrix, b: Matrix): Matrix =>
  a.map((row) => b[0]!.map((_, j) => row.reduce((sum, v, k) => sum + v * b[k]![j]!, 0)));
const siluOf = (x: Matrix): Matrix => x.map((row) => row.map((v) => v / (1 + Math.exp(-v))));

function normalized(x: Matrix): Matrix {
  return x.map((row) => {
    const mean = row.reduce((s, v) => s + v, 0) / row.length;
    const variance = row.reduce((s, v) => s + (v - mean) ** 2, 0) / row.length;
    return row.map((v) => (v - mean) / Math.sqrt(variance + 1e-5));
  });
}

/** The heads as docs/method.md states them. */
export class ReferenceHeads {
  readonly parameters: ReadonlyMap<string, Tensor>;
  readonly options: HeadOptions;

  constructor(parameters: ReadonlyMap<string, Tensor>, options: HeadOptions) {
    this.parameters = parameters;
    this.options = options;
  }

  #get(name: string): Matrix {
    return matrixOf(this.parameters, `marnet/${name}`);
  }

  linear(x: Matrix, name: string): Matrix {
    const bias = this.#get(`${name}/bias`)[0]!;
    return product(x, this.#get(`${name}/weight`)).map((row) => row.map((v, j) => v + bias[j]!));
  }

  norm(x: Matrix, name: string): Matrix {
    const [scale, bias] = [this.#get(`${name}/scale`)[0]!, this.#get(`${name}/bias`)[0]!];
    return normalized(x).map((row) => row.map((v, j) => v * scale[j]! + bias[j]!));
  }

  standardized(features: Matrix): Matrix {
    const [mean, scale] = [this.#get('features/mean')[0]!, this.#get('features/scale')[0]!];
    return features.map((row) => row.map((v, j) => (v - mean[j]!) * scale[j]!));
  }

  embed(x: Matrix): Matrix {
    return this.norm(this.linear(siluOf(this.linear(x, 'visual/0')), 'visual/1'), 'visual/norm');
  }

  embedText(bag: Matrix): Matrix {
    const xs = this.linear(product(bag, this.#get('text/table')), 'text/0');
    return this.norm(this.linear(siluOf(xs), 'text/1'), 'text/norm');
  }

  denoise(xt: Matrix, t: number, zv: Matrix): Matrix {
    const { timeWidth, denoiserWidth: w, denoiserBlocks } = this.options;
    const half = timeWidth / 2;
    const time = Array.from({ length: timeWidth }, (_, i) =>
      i < half ? Math.sin(t * 10000 ** (-i / half)) : Math.cos(t * 10000 ** (-(i - half) / half)),
    );
    const hidden = siluOf(this.linear([time], 'cdr/time'));
    let h = this.linear(xt, 'cdr/input');
    for (let i = 0; i < denoiserBlocks; i++) {
      const block = `cdr/block/${i}`;
      const fromTime = product(hidden, this.#get(`${block}/time/weight`))[0]!;
      const modulation = this.linear(zv, `${block}/visual`).map((row) => row.map((v, j) => v + fromTime[j]!));
      const inner = normalized(h).map((row, n) =>
        row.map((v, j) => v * modulation[n]![w + j]! + modulation[n]![j]!),
      );
      const out = this.linear(siluOf(this.linear(inner, `${block}/0`)), `${block}/1`);
      h = h.map((row, n) => row.map((v, j) => v + modulation[n]![2 * w + j]! * out[n]![j]!));
    }
    return this.linear(this.norm(h, 'cdr/output/norm'), 'cdr/output');
  }

  /** DDIM as its paper writes it, with eps_hat spelled out. @param levels abar_t. @param visited from T to 0. */
  sample(zv: Matrix, levels: ArrayLike<number>, visited: readonly number[]): Matrix {
    const direction = this.#get('cdr/direction')[0]!;
    const last = levels[visited[0]!]!;
    let x = zv.map((row) => row.map((v, j) => Math.sqrt(last) * v + Math.sqrt(1 - last) * direction[j]!));
    for (let k = 0; k + 1 < visited.length; k++) {
      const [now, next] = [levels[visited[k]!]!, levels[visited[k + 1]!]!];
      const x0 = this.denoise(x, visited[k]!, zv);
      x = x.map((row, n) =>
        row.map((v, j) => {
          const eps = (v - Math.sqrt(now) * x0[n]![j]!) / Math.sqrt(1 - now);
          return Math.sqrt(next) * x0[n]![j]! + Math.sqrt(1 - next) * eps;
        }),
      );
    }
    return x;
  }

  fuse(parts: readonly Matrix[]): Matrix {
    const joined = parts[0]!.map((_, n) => parts.flatMap((p) => p[n]!));
    return this.linear(siluOf(this.linear(this.norm(joined, 'fusion/norm'), 'fusion/0')), 'fusion/1');
  }
}

export const addMatrices = (a: Matrix, b: Matrix): Matrix =>
  a.map((row, i) => row.map((v, j) => v + b[i]![j]!));

export function logSoftmaxOf(row: readonly number[]): number[] {
  const top = Math.max(...row);
  const sum = Math.log(row.reduce((s, v) => s + Math.exp(v - top), 0)) + top;
  return row.map((v) => v - sum);
}
