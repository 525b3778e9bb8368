/** dx[..., indices[k], ...] += dy[..., k, ...]. */
import { float32, int64, str, toNumbers, type Value } from '../../graph/index.ts';
import { input, intOf, intsOf, type Lowerings, type Site } from '../lowering.ts';

const product = (dims: readonly number[]): number => dims.reduce((a, b) => a * b, 1);

function gatherGradient(site: Site): Value[] {
  const { builder, node } = site;
  const [indices, dy] = [input(site, 0), input(site, 1)];
  const shape = intsOf(node, 'data_shape');
  const axis = intOf(node, 'axis');
  const [outer, rows, inner] = [product(shape.slice(0, axis)), shape[axis]!, product(shape.slice(axis + 1))];
  const count = product(indices.shape as number[]);
  const flat = builder.reshape(dy, [outer, count, inner]);
  const known = builder.graph.constants.get(indices.name);
  const dx = known
    ? addKnownRows(site, toNumbers(known.read()), flat, outer, rows, inner)
    : addRows(site, indices, flat, outer, rows, inner);
  return [builder.reshape(dx, shape)];
}

/** Indices known before the run: a shifted block is padding, a permutation is another Gather, the rest is a product. */
function addKnownRows(
  { builder }: Site,
  given: readonly number[],
  dy: Value,
  outer: number,
  rows: number,
  inner: number,
): Value {
  const indices = given.map((i) => (i < 0 ? i + rows : i));
  const first = indices[0] ?? 0;
  if (indices.every((index, k) => index === first + k))
    return builder.pad(dy, [0, first, 0, 0, rows - first - indices.length, 0]);
  if (indices.length === rows && new Set(indices).size === rows) {
    const inverse = indices.map((_, row) => indices.indexOf(row));
    return builder.gather(dy, builder.constant(int64(inverse)), 1);
  }
  const places = new Float32Array(rows * indices.length);
  indices.forEach((row, k) => {
    places[row * indices.length + k] = 1;
  });
  const selection = builder.cast(builder.constant(float32(places, [rows, indices.length])), dy.dtype);
  return builder.reshape(builder.matMul(selection, dy), [outer, rows, inner]);
}

/** Indices of a run. */
function addRows(
  { builder }: Site,
  indices: Value,
  dy: Value,
  outer: number,
  rows: number,
  inner: number,
): Value {
  const count = dy.shape[1] as number;
  const places = builder.reshape(builder.cast(indices, 'int64'), [count, 1]);
  const updates = builder.reshape(builder.transpose(dy, [1, 0, 2]), [count, outer * inner]);
  const zeros = builder.expand(builder.scalar(0, dy), [rows, outer * inner]);
  const sum = builder.op('ScatterND', [zeros, places, updates], { reduction: str('add') });
  return builder.transpose(builder.reshape(sum, [rows, outer, inner]), [1, 0, 2]);
}

export const GATHER: Lowerings = { GatherGradient: gatherGradient };
