import { GRAD_DOMAIN } from '../../core/grad/ops.ts';
import { type Attributes, float32, Graph, GraphBuilder, type Tensor } from '../../core/graph/index.ts';
import { lower, optimize, type Target } from '../../core/lower/index.ts';
import { encodeGraph } from '../../core/onnx/index.ts';
import { openSession } from '../../core/runtime/session.ts';

/** An array with a shape, in double precision. */
export interface Array64 {
  readonly dims: readonly number[];
  readonly data: Float64Array;
}

export function zeros(dims: readonly number[]): Array64 {
  return { dims, data: new Float64Array(dims.reduce((a, b) => a * b, 1)) };
}

/** Numbers in [-1, 1) that float32 represents, the same for the same seed. */
export function noise(dims: readonly number[], seed: number): Array64 {
  let state = (seed * 2654435761 + 12345) >>> 0;
  const next = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.fround((state >>> 8) / 2 ** 23 - 1);
  };
  return { dims, data: zeros(dims).data.map(next) };
}

export interface GradientCase {
  readonly op: string;
  readonly inputs: readonly (Array64 | Tensor)[];
  readonly attributes?: Attributes;
  readonly outputs: readonly (readonly number[])[];
  /** Inputs that are constants of the graph. */
  readonly constant?: readonly number[];
}

const asTensor = (value: Array64 | Tensor): Tensor =>
  'dtype' in value ? value : float32(Float32Array.from(value.data), value.dims);

/** The case's graph, not lowered. */
export function graphOf({ op, inputs, attributes, outputs, constant }: GradientCase): Graph {
  const graph = new Graph();
  graph.opsets.set('', 21);
  graph.opsets.set(GRAD_DOMAIN, 1);
  const builder = new GraphBuilder(graph);
  const values = inputs
    .map(asTensor)
    .map((tensor, i) =>
      constant?.includes(i)
        ? builder.weight(`in${i}`, tensor)
        : builder.input(`in${i}`, tensor.dtype, tensor.dims),
    );
  const types = outputs.map((shape) => ({ dtype: 'float32' as const, shape }));
  const names = outputs.map((_, i) => `out${i}`);
  const made = builder.emit(`${GRAD_DOMAIN}:${op}`, values, attributes ?? {}, { types, names });
  for (const value of made) builder.output(value);
  return graph;
}

/** The op's outputs as onnxruntime computes them from the lowered, optimized graph. */
export async function runLowered(gradient: GradientCase, target: Target): Promise<Tensor[]> {
  const graph = optimize(lower(optimize(graphOf(gradient)), target));
  const session = await openSession(encodeGraph(graph), { threads: 1 });
  try {
    const fed = gradient.inputs.map((value, i) => [`in${i}`, asTensor(value)] as const);
    const feeds = Object.fromEntries(fed.filter((_, i) => !gradient.constant?.includes(i)));
    const results = await session.run(feeds);
    return gradient.outputs.map((_, i) => results[`out${i}`]!);
  } finally {
    await session.close();
  }
}

/** Largest difference over the largest magnitude (of the expected, at least 1e-3). */
export function relativeError(actual: Tensor, expected: Array64): number {
  const data = actual.data as Float32Array;
  if (data.length !== expected.data.length || `${actual.dims}` !== `${expected.dims}`)
    throw new Error(`shape [${actual.dims}] instead of [${expected.dims}]`);
  let worst = 0;
  let scale = 1e-3;
  for (let i = 0; i < data.length; i++) {
    const difference = Math.abs(data[i]! - expected.data[i]!);
    if (!(difference <= worst)) worst = difference;
    scale = Math.max(scale, Math.abs(expected.data[i]!));
  }
  return worst / scale;
}
