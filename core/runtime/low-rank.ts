/**
 * Low-rank updates (Hu et al. 2021, "LoRA"): a matrix W [m, n] stays as it is, and
 *   W + s B A,   B [m, r] zero at first,   A [r, n] random,   s = 2
 * stands in its place, with B and A trained. After training they are merged into W. The products are of weights, not of
 * activations, so that they cost nothing for each image.
 */
import { randomStream } from '../data/random.ts';
import { MarnetError } from '../errors.ts';
import {
  type Constant,
  constantOf,
  float,
  float32,
  GraphBuilder,
  intAttribute,
  type Node,
  readersOf,
  type Tensor,
  usesOf,
  type Value,
} from '../graph/index.ts';
import type { TrainableBackbone } from './backbone.ts';
import type { TrainedPart } from './cut.ts';
import { parameterReaders } from './layers.ts';

/** s. */
const SCALE = 2;

export interface LowRankUpdate {
  /** The weight's name. */
  readonly weight: string;
  /** Names of the factors. */
  readonly b: string;
  readonly a: string;
}

export interface LowRankBackbone {
  /** Its parameters are the factors alone. */
  readonly part: TrainedPart;
  readonly updates: readonly LowRankUpdate[];
  /** The parameters with the weights that the factors make in the place of the factors. */
  merge(parameters: ReadonlyMap<string, Tensor>): Map<string, Tensor>;
}

/**
 * Gives updates to every matrix that a MatMul, a Gemm or a convolution with a 1x1 kernel and one group multiplies with.
 * @param rank r; a matrix that is smaller on a side gets that side's size. @param seed of the first values of A.
 * @param targets the matrices to update, as an adapter names them; all unless told.
 * @throws MarnetError 'usage' when there is no such matrix.
 */
export function withLowRankUpdates(
  backbone: TrainableBackbone,
  rank: number,
  seed: number,
  targets?: readonly string[],
): LowRankBackbone {
  const weights = matricesOf(backbone, targets);
  if (weights.length === 0)
    throw new MarnetError(
      'usage',
      `lora:${rank} has nothing to update: no MatMul, Gemm or 1x1 convolution in this model has a weight of its own`,
      { hint: 'Use last:N or full.' },
    );
  const graph = backbone.graph.clone();
  const nodes = graph.nodes;
  graph.nodes = [];
  graph.inputs = graph.inputs.filter((input) => !backbone.parameters.has(input.name));
  for (const [name, constant] of backbone.parameters) graph.constants.set(name, constant);
  for (const name of weights) graph.constants.delete(name);
  const builder = new GraphBuilder(graph, 'low-rank/');
  const parameters = new Map<string, Constant>();
  const updates: LowRankUpdate[] = [];
  for (const name of weights) {
    const constant = backbone.parameters.get(name)!;
    const { dims } = constant;
    const [m, n] = dims as [number, number];
    const r = Math.min(rank, m, n);
    const { normal } = randomStream(seed, 'low-rank', name);
    const update = { weight: name, b: `${name}/low-rank-b`, a: `${name}/low-rank-a` };
    updates.push(update);
    const factors: [string, Tensor][] = [
      [update.b, float32(new Float32Array(m * r), [m, r])],
      [
        update.a,
        float32(
          Float32Array.from({ length: r * n }, () => normal() / Math.sqrt(n)),
          [r, n],
        ),
      ],
    ];
    for (const [factor, tensor] of factors) parameters.set(factor, constantOf(tensor));
    const [b, a] = factors.map(([factor, tensor]) => builder.input(factor, 'float32', tensor.dims)) as [
      Value,
      Value,
    ];
    const fixed = builder.weight(`${name}/fixed`, float32(constant.read().data as Float32Array, [m, n]));
    const type = { names: [name], types: [{ dtype: 'float32' as const, shape: dims }] };
    const attributes = { alpha: float(SCALE) };
    if (dims.length === 2) builder.op('Gemm', [b, a, fixed], attributes, type);
    else
      builder.op(
        'Reshape',
        [builder.op('Gemm', [b, a, fixed], attributes), builder.integers(dims)],
        {},
        type,
      );
  }
  graph.nodes.push(...nodes);
  const { fed, batch, block } = backbone;
  return {
    part: { graph, fed, batch, block, parameters, running: new Map() },
    updates,
    merge: (trained) => merged(backbone, updates, trained),
  };
}

function merged(
  backbone: TrainableBackbone,
  updates: readonly LowRankUpdate[],
  trained: ReadonlyMap<string, Tensor>,
): Map<string, Tensor> {
  const result = new Map(trained);
  for (const { weight, b, a } of updates) {
    const [left, right] = [trained.get(b)!, trained.get(a)!];
    const [m, r, n] = [left.dims[0]!, left.dims[1]!, right.dims[1]!];
    const before = backbone.parameters.get(weight)!;
    const data = Float32Array.from(before.read().data as Float32Array);
    const [bs, as] = [left.data as Float32Array, right.data as Float32Array];
    const row = new Float64Array(n);
    for (let i = 0; i < m; i++) {
      row.fill(0);
      for (let k = 0; k < r; k++) {
        const factor = SCALE * bs[i * r + k]!;
        for (let j = 0; j < n; j++) row[j]! += factor * as[k * n + j]!;
      }
      for (let j = 0; j < n; j++) data[i * n + j]! += row[j]!;
    }
    result.delete(b);
    result.delete(a);
    result.set(weight, { dtype: 'float32', dims: before.dims, data });
  }
  return result;
}

/** Where an op has a matrix that it multiplies with. */
const SLOTS: Readonly<Record<string, readonly number[]>> = { Conv: [1], Gemm: [0, 1], MatMul: [0, 1] };

/** Names of the weights that would get updates. @param targets the only ones wanted; all unless told. */
export function matricesOf(
  { graph, parameters }: Pick<TrainableBackbone, 'graph' | 'parameters'>,
  targets?: readonly string[],
): string[] {
  const found = new Set<string>();
  for (const { node, own, rootsOf } of parameterReaders(graph, new Set(parameters.keys()))) {
    if (own.length === 0 || !multiplies(node)) continue;
    for (const slot of SLOTS[node.op]!)
      for (const name of rootsOf(node.inputs[slot]!))
        if (isMatrix(parameters.get(name)!.dims, node.op === 'Conv')) found.add(name);
  }
  // Products with constants, as in networks that make position biases, are not of activations.
  const uses = usesOf(graph);
  for (const [name, { dims }] of parameters)
    for (const { node, value } of readersOf(uses, name))
      if (multiplies(node) && SLOTS[node.op]!.some((slot) => node.inputs[slot] === value))
        if (isMatrix(dims, node.op === 'Conv')) found.add(name);
  return [...parameters.keys()].filter((name) => found.has(name) && (targets?.includes(name) ?? true));
}

function multiplies(node: Node): boolean {
  if (node.domain !== '' || !SLOTS[node.op]) return false;
  return node.op !== 'Conv' || intAttribute(node, 'group') === 1;
}

function isMatrix(dims: readonly number[], ofConvolution: boolean): boolean {
  const [m = 1, n = 1, ...rest] = dims;
  if (m < 2 || n < 2) return false;
  return ofConvolution ? rest.length > 0 && rest.every((d) => d === 1) : rest.length === 0;
}
