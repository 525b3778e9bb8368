/**
 * Einsum as transpositions, products of matrices and sums. Operands are joined from left to right; for two of them,
 * indices are sorted by who has them and who still needs them:
 *   in both, needed later    batch axes
 *   in both, not needed      summed over by the product
 *   in one, needed           rows or columns
 *   in one, not needed       summed over beforehand
 * An index that an operand repeats takes its diagonal.
 */
import { type GraphBuilder, stringAttribute, type Value } from '../../graph/index.ts';
import { productOf } from '../axes.ts';
import type { DecompositionRule, NodeContext } from '../rule.ts';

/** A value and the index of each of its axes. */
interface Operand {
  readonly value: Value;
  readonly indices: readonly string[];
}

interface Equation {
  readonly inputs: readonly (readonly string[])[];
  readonly output: readonly string[];
}

/** Axes behind an ellipsis are counted from the right, so that operands of fewer axes broadcast. */
function parse(equation: string, ranks: readonly number[]): Equation {
  const [left, right] = equation.replaceAll(' ', '').split('->') as [string, string?];
  const terms = left.split(',');
  const named = (term: string) => [...term.replace('...', '')];
  const spans = terms.map((term, i) => (term.includes('...') ? ranks[i]! - named(term).length : 0));
  const ellipsis = (count: number) => Array.from({ length: count }, (_, i) => `...${count - i}`);
  const expand = (term: string, count: number): string[] => {
    const at = term.indexOf('...');
    if (at < 0) return [...term];
    return [...term.slice(0, at), ...ellipsis(count), ...term.slice(at + 3)];
  };
  const widest = Math.max(0, ...spans);
  const inputs = terms.map((term, i) => expand(term, spans[i]!));
  if (right !== undefined) return { inputs, output: expand(right, widest) };
  // Without an output: the ellipsis, then every index that appears once, in alphabetical order.
  const letters = terms.flatMap(named);
  const once = [...new Set(letters)].filter((l) => letters.indexOf(l) === letters.lastIndexOf(l)).sort();
  return { inputs, output: [...ellipsis(widest), ...once] };
}

function diagonals(b: GraphBuilder, { value, indices }: Operand): Operand {
  const repeated = indices.find((index, i) => indices.indexOf(index) !== i);
  if (repeated === undefined) return { value, indices };
  const [first, second] = indices.flatMap((index, i) => (index === repeated ? [i] : [])) as [number, number];
  const rest = indices.flatMap((_, i) => (i === first || i === second ? [] : [i]));
  const size = value.shape[first] as number;
  const moved = b.transpose(value, [...rest, first, second]);
  const sizes = rest.map((i) => value.shape[i] as number);
  const flat = b.reshape(moved, [...sizes, size * size]);
  const diagonal = b.slice(flat, [0], [size * size], [rest.length], [size + 1]);
  return diagonals(b, { value: diagonal, indices: [...rest.map((i) => indices[i]!), repeated] });
}

function sumOut(b: GraphBuilder, { value, indices }: Operand, needed: ReadonlySet<string>): Operand {
  const axes = indices.flatMap((index, i) => (needed.has(index) ? [] : [i]));
  if (axes.length === 0) return { value, indices };
  return { value: b.reduceSum(value, axes), indices: indices.filter((index) => needed.has(index)) };
}

/** The axes in the given order of indices; axes of length 1 for indices that the operand does not have. */
function arranged(b: GraphBuilder, { value, indices }: Operand, order: readonly string[]): Value {
  const present = order.filter((index) => indices.includes(index));
  const moved = b.transpose(
    value,
    present.map((index) => indices.indexOf(index)),
  );
  const sizes = new Map(present.map((index, i) => [index, moved.shape[i] as number]));
  return b.reshape(
    moved,
    order.map((index) => sizes.get(index) ?? 1),
  );
}

function join(b: GraphBuilder, left: Operand, right: Operand, needed: ReadonlySet<string>): Operand {
  const inLeft = new Set(left.indices);
  const inRight = new Set(right.indices);
  const a = sumOut(b, left, new Set([...needed, ...inRight]));
  const z = sumOut(b, right, new Set([...needed, ...inLeft]));
  const batch = a.indices.filter((index) => inRight.has(index) && needed.has(index));
  const summed = a.indices.filter((index) => inRight.has(index) && !needed.has(index));
  const rows = a.indices.filter((index) => !inRight.has(index));
  const columns = z.indices.filter((index) => !inLeft.has(index));
  const indices = [...batch, ...rows, ...columns];
  if (summed.length === 0) return { value: b.mul(arranged(b, a, indices), arranged(b, z, indices)), indices };
  const sizesOf = ({ value, indices: all }: Operand, some: readonly string[]) =>
    some.map((index) => value.shape[all.indexOf(index)] as number);
  const inner = productOf(sizesOf(a, summed));
  const [m, n] = [sizesOf(a, rows), sizesOf(z, columns)];
  const matrixA = b.reshape(arranged(b, a, [...batch, ...rows, ...summed]), [
    ...sizesOf(a, batch),
    productOf(m),
    inner,
  ]);
  const matrixZ = b.reshape(arranged(b, z, [...batch, ...summed, ...columns]), [
    ...sizesOf(z, batch),
    inner,
    productOf(n),
  ]);
  const product = b.matMul(matrixA, matrixZ);
  return { value: b.reshape(product, [...(product.shape.slice(0, -2) as number[]), ...m, ...n]), indices };
}

function einsum(c: NodeContext): Value[] {
  const b = c.builder;
  const text = stringAttribute(c.node, 'equation');
  const { inputs, output } = parse(
    text,
    c.inputs.map((_, i) => c.shape(i).length),
  );
  const operands = inputs.map((indices, i) => diagonals(b, { value: c.input(i), indices }));
  const joined = operands.reduce((left, right, i) =>
    join(b, left, right, new Set([...output, ...operands.slice(i + 1).flatMap((o) => o.indices)])),
  );
  const result = sumOut(b, joined, new Set(output));
  const missing = output.find((index) => !result.indices.includes(index));
  if (missing !== undefined) throw c.unsupported(`no operand of "${text}" has the index ${missing}`);
  return [arranged(b, result, output)];
}

export const EINSUM_DECOMPOSITION: DecompositionRule = {
  op: 'Einsum',
  form: 'Transpose, Reshape, MatMul or Mul, ReduceSum',
  decompose: einsum,
};
