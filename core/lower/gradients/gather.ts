/**
 * dx[..., indices[k], ...] += dy[..., k, ...]. Not by ScatterND: onnxruntime's kernel adds from several threads without
 * care, and loses what meets at one place.
 */
import { float32, int64, str, toNumbers, type Value } from '../../graph/index.ts';
import { input, intOf, intsOf, type Lowerings, type Site } from '../lowering.ts';

const product = (dims: readonly number[]): number => dims.reduce((a, b) => a * b, 1);

/** Rows [outer, count, inner] of dy to be added up at `rows` places. */
interface Sizes {
  readonly outer: number;
  readonly rows: number;
  readonly inner: number;
}

function gatherGradient(site: Site): Value[] {
  const { builder, node } = site;
  const [indices, dy] = [input(site, 0), input(site, 1)];
  const shape = intsOf(node, 'data_shape');
  const axis = intOf(node, 'axis');
  const sizes: Sizes = {
    outer: product(shape.slice(0, axis)),
    rows: shape[axis]!,
    inner: product(shape.slice(axis + 1)),
  };
  const count = product(indices.shape as number[]);
  const flat = builder.reshape(dy, [sizes.outer, count, sizes.inner]);
  const known = builder.graph.constants.get(indices.name);
  const dx = known
    ? addKnownRows(site, toNumbers(known.read()), flat, sizes)
    : addRows(site, indices, flat, sizes);
  return [builder.reshape(dx, shape)];
}

/**
 * Indices known before the run: a shifted block is padding, rows that are read once are another Gather, and repeated
 * ones are gathered into groups of equal length, which are summed; a product where groups would be mostly empty.
 */
function addKnownRows({ builder }: Site, given: readonly number[], dy: Value, sizes: Sizes): Value {
  const { outer, rows, inner } = sizes;
  const indices = given.map((i) => (i < 0 ? i + rows : i));
  const first = indices[0] ?? 0;
  if (indices.every((index, k) => index === first + k))
    return builder.pad(dy, [0, first, 0, 0, rows - first - indices.length, 0]);
  const readers = Array.from({ length: rows }, (): number[] => []);
  indices.forEach((row, k) => {
    readers[row]!.push(k);
  });
  const most = readers.reduce((a, r) => Math.max(a, r.length), 0);
  const isComplete = readers.every((r) => r.length === most);
  if (isComplete || rows * most <= 8 * indices.length + 1024) {
    // Groups are filled up with a row of zeros, which stands behind those of dy.
    const filler = indices.length;
    const places = readers.flatMap((r) => [...r, ...new Array<number>(most - r.length).fill(filler)]);
    const padded = isComplete ? dy : builder.pad(dy, [0, 0, 0, 0, 1, 0]);
    const gathered = builder.gather(padded, builder.constant(int64(places)), 1);
    if (most === 1) return gathered;
    return builder.reduceSum(builder.reshape(gathered, [outer, rows, most, inner]), [2]);
  }
  const selection = new Float32Array(rows * indices.length);
  indices.forEach((row, k) => {
    selection[row * indices.length + k] = 1;
  });
  const matrix = builder.cast(builder.constant(float32(selection, [rows, indices.length])), dy.dtype);
  return builder.reshape(builder.matMul(matrix, dy), [outer, rows, inner]);
}

/** Indices of a run. */
function addRows({ builder }: Site, indices: Value, dy: Value, { outer, rows, inner }: Sizes): Value {
  const count = dy.shape[1] as number;
  const column = builder.reshape(builder.cast(indices, 'int64'), [1, count, 1]);
  const places = builder.expand(column, [outer, count, inner]);
  const zeros = builder.expand(builder.scalar(0, dy), [outer, rows, inner]);
  return builder.op('ScatterElements', [zeros, places, dy], {
    axis: { kind: 'int', value: 1 },
    reduction: str('add'),
  });
}

export const GATHER: Lowerings = { GatherGradient: gatherGradient };
