/**
 * Judges gradients: the gradient graph, lowered and run by onnxruntime in float32, against central differences of the
 * double-precision reference interpreter. The forward values are compared on the way, which checks the interpreter.
 */
import * as ort from 'onnxruntime-node';
import { expect } from 'vitest';
import { builtInRegistry, differentiate } from '../../core/grad/index.ts';
import {
  type Attributes,
  constantOf,
  type DType,
  Graph,
  GraphBuilder,
  int,
  isFloating,
  type Tensor,
  type Value,
} from '../../core/graph/index.ts';
import { lower } from '../../core/lower/index.ts';
import { encodeGraph } from '../../core/onnx/index.ts';
import { type Array64, array, sizeOf } from './reference/array.ts';
import { evaluate } from './reference/evaluate.ts';
import { type Random, randomFrom, type Sample } from './samples.ts';

export interface OpCase {
  readonly label: string;
  readonly op: string;
  readonly domain?: string;
  readonly inputs: readonly (Sample | undefined)[];
  readonly attributes?: Attributes;
  /** How many outputs, or the dtype of each; '' for one that is left out. */
  readonly outputs?: number | readonly (DType | '')[];
  readonly opset?: number;
  /** Whether onnxruntime has a kernel for the op on a CPU, with which a decomposition is compared; true unless told. */
  readonly kernel?: boolean;
  /** Output dtype, where it is not that of the first floating input. */
  readonly dtype?: DType;
}

const RELATIVE = 1e-4;
const STEP = 1e-5;
/** Up to here every element is checked; beyond, some elements and some random directions. */
const ALL_ELEMENTS = 96;
const SAMPLED = 8;

export function tensorOf(dtype: DType, { dims, data }: Array64): Tensor {
  switch (dtype) {
    case 'float32':
      return { dtype, dims, data: Float32Array.from(data) };
    case 'float64':
      return { dtype, dims, data: Float64Array.from(data) };
    case 'int64':
      return { dtype, dims, data: BigInt64Array.from(data, (n) => BigInt(n)) };
    case 'int32':
      return { dtype, dims, data: Int32Array.from(data) };
    case 'bool':
      return { dtype, dims, data: Uint8Array.from(data) };
    default:
      throw new RangeError(`no test tensors of ${dtype}`);
  }
}

/** Lowers, encodes and runs a graph; all outputs by name. */
export async function run(graph: Graph, feeds: ReadonlyMap<string, Array64>): Promise<Map<string, Array64>> {
  const session = await ort.InferenceSession.create(encodeGraph(lower(graph, 'portable')), {
    logSeverityLevel: 3,
    intraOpNumThreads: 1,
  });
  try {
    const given: Record<string, ort.Tensor> = {};
    for (const input of graph.inputs) {
      const { dtype, dims, data } = tensorOf(input.dtype, feeds.get(input.name)!);
      given[input.name] = new ort.Tensor(dtype as 'float32', data as Float32Array, dims);
    }
    const results = await session.run(given);
    return new Map(
      Object.entries(results).map(([name, tensor]) => [
        name,
        array(tensor.dims, Array.from(tensor.data as Float32Array, Number)),
      ]),
    );
  } finally {
    await session.release();
  }
}

/** A graph and its inputs: the loss is its sum of outputs weighted by random cotangents. */
export interface Problem {
  readonly graph: Graph;
  readonly feeds: Map<string, Array64>;
  readonly outputs: readonly string[];
  readonly loss: string;
  readonly wrt: readonly string[];
}

/** Gives each output a random cotangent and sums up. */
export function weightedSum(
  b: GraphBuilder,
  outputs: readonly Value[],
  feeds: Map<string, Array64>,
  random: Random,
): Value {
  const terms = outputs.map((y, i) => {
    const dims = y.shape as number[];
    const cotangent = b.input(`cotangent${i}`, y.dtype, dims);
    feeds.set(
      cotangent.name,
      array(
        dims,
        Array.from({ length: sizeOf(dims) }, () => Math.fround(0.3 + random())),
      ),
    );
    return b.op('ReduceSum', [b.mul(y, cotangent)], { keepdims: int(0) });
  });
  return terms.reduce((x, y) => b.add(x, y));
}

/** The case as a graph with a loss. */
export function problemOf(test: OpCase, seed: number): Problem {
  const random = randomFrom(seed);
  const graph = new Graph();
  graph.opsets.set('', test.opset ?? 21);
  const feeds = new Map<string, Array64>();
  const wrt: string[] = [];
  const names = test.inputs.map((sample, i) => {
    if (!sample) return '';
    const name = `input${i}`;
    const value = array(sample.dims, sample.fill(random));
    if (sample.constant) graph.constants.set(name, constantOf(tensorOf(sample.dtype, value)));
    else {
      graph.inputs.push({ name, dtype: sample.dtype, shape: sample.dims });
      feeds.set(name, value);
    }
    if (isFloating(sample.dtype) && !sample.constant) wrt.push(name);
    return name;
  });
  const dtype = test.dtype ?? test.inputs.find((s) => s && isFloating(s.dtype))!.dtype;
  const dtypes =
    typeof test.outputs === 'object' ? test.outputs : new Array<DType>(test.outputs ?? 1).fill(dtype);
  const outputs = dtypes.map((type, i) => (type === '' ? '' : `output${i}`));
  if (test.domain) graph.opsets.set(test.domain, 1);
  graph.nodes.push({
    op: test.op,
    domain: test.domain ?? '',
    name: `${test.op} under test`,
    inputs: names,
    outputs,
    attributes: test.attributes ?? {},
  });
  const values = evaluate(graph, feeds);
  dtypes.forEach((type, i) => {
    if (type !== '') graph.types.set(outputs[i]!, { dtype: type, shape: values.get(outputs[i]!)!.dims });
  });
  const b = new GraphBuilder(graph);
  const floating = outputs.filter((_, i) => dtypes[i] !== '' && isFloating(dtypes[i]!));
  const loss = weightedSum(
    b,
    floating.map((name) => b.value(name)),
    feeds,
    random,
  );
  return { graph, feeds, outputs: floating, loss: loss.name, wrt };
}

export async function checkCase(test: OpCase, seed = 1): Promise<void> {
  const problem = problemOf(test, seed);
  const composed = builtInRegistry.find({ op: test.op, domain: test.domain ?? '' })?.decompose;
  if (composed && test.kernel !== false) await checkKernel(problem, test.label);
  await checkProblem(problem, test.label, seed);
}

/** onnxruntime's own kernel for the op against the reference, with which its decomposition is then compared. */
async function checkKernel({ graph, feeds, outputs, loss }: Problem, label: string): Promise<void> {
  const own = graph.clone();
  const b = new GraphBuilder(own);
  for (const name of [...outputs, loss]) b.output(b.value(name));
  const results = await run(own, feeds);
  const reference = evaluate(graph, feeds);
  for (const name of outputs)
    expectClose(results.get(name)!, reference.get(name)!, `${label}: onnxruntime's ${name}`);
}

export async function checkProblem(problem: Problem, label: string, seed = 1): Promise<void> {
  const { graph, feeds, outputs, loss, wrt } = problem;
  const forward = graph.clone();
  const gradients = differentiate(graph, loss, wrt);
  expect(Object.keys(gradients).sort(), label).toEqual([...wrt].sort());
  const b = new GraphBuilder(graph);
  for (const name of new Set([...outputs, loss])) b.output(b.value(name));
  for (const name of wrt) b.output(b.value(gradients[name]!), `gradient of ${name}`);
  const results = await run(graph, feeds);

  const reference = evaluate(forward, feeds);
  for (const name of outputs)
    expectClose(results.get(name)!, reference.get(name)!, `${label}: forward ${name}`);
  const random = randomFrom(seed + 1);
  for (const name of wrt) {
    const gradient = results.get(`gradient of ${name}`)!;
    expect(gradient.dims, `${label}: shape of the gradient of ${name}`).toEqual(feeds.get(name)!.dims);
    for (const direction of directions(gradient.data.length, random)) {
      const expected = directional(forward, feeds, loss, name, direction);
      let actual = 0;
      let scale = 0;
      direction.forEach((d, i) => {
        actual += d * gradient.data[i]!;
        scale += (d * gradient.data[i]!) ** 2;
      });
      const largest = gradient.data.reduce((a, g) => Math.max(a, Math.abs(g)), 0);
      const tolerance = RELATIVE * Math.max(largest, Math.sqrt(scale)) + 1e-6;
      if (!(Math.abs(actual - expected) <= tolerance))
        expect.fail(
          `${label}: gradient of ${name} [${gradient.dims}] along ${describe(direction)} is ${actual}, ` +
            `the difference quotient ${expected} (largest ${largest})`,
        );
    }
  }
}

function describe(direction: Float64Array): string {
  const nonzero = direction.reduce((n, d) => n + (d ? 1 : 0), 0);
  return nonzero === 1 ? `element ${direction.findIndex((d) => d !== 0)}` : 'a random direction';
}

function* directions(n: number, random: Random): Generator<Float64Array> {
  const unit = (i: number) => new Float64Array(n).fill(1, i, i + 1);
  if (n <= ALL_ELEMENTS) {
    for (let i = 0; i < n; i++) yield unit(i);
    return;
  }
  for (let k = 0; k < SAMPLED; k++) {
    yield unit(Math.floor(random() * n));
    yield Float64Array.from({ length: n }, () => 2 * random() - 1);
  }
}

/** (loss(x + h d) - loss(x - h d)) / 2h */
function directional(
  graph: Graph,
  feeds: ReadonlyMap<string, Array64>,
  loss: string,
  name: string,
  direction: Float64Array,
): number {
  const x = feeds.get(name)!;
  const at = (h: number): number => {
    const moved = array(
      x.dims,
      x.data.map((v, i) => v + h * direction[i]!),
    );
    return evaluate(graph, new Map([...feeds, [name, moved]])).get(loss)!.data[0]!;
  };
  return (at(STEP) - at(-STEP)) / (2 * STEP);
}

export function expectClose(actual: Array64, expected: Array64, label: string): void {
  expect(actual.dims, `${label}: shape`).toEqual(expected.dims);
  const largest = expected.data.reduce((a, v) => Math.max(a, Math.abs(v)), 0);
  actual.data.forEach((value, i) => {
    if (!(Math.abs(value - expected.data[i]!) <= RELATIVE * largest + 1e-6))
      expect.fail(`${label}: element ${i} is ${value}, the reference has ${expected.data[i]}`);
  });
}
