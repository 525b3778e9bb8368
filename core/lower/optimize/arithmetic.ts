import { DTYPE_NUMBER, intAttribute, type Node, sizeOf, toNumbers, type Value } from '../../graph/index.ts';
import type { Rewriting } from '../rewrite.ts';
import type { Simplification, Simplifications } from './algebra.ts';
import { joinedParts } from './joined.ts';
import { swishGradient } from './swish.ts';

/** The number that a constant of one element holds. */
function numberOf({ builder }: Rewriting, name: string): number | undefined {
  const constant = builder.graph.constants.get(name);
  return constant && sizeOf(constant.dims) === 1 && constant.dtype !== 'string'
    ? toNumbers(constant.read())[0]
    : undefined;
}

const sameShape = (a: Value, b: Value): boolean =>
  a.shape.length === b.shape.length && a.shape.every((d, i) => d === b.shape[i]);

/** `x op c` is x when c is the op's neutral number and broadcasting does not change the shape. */
function neutral(node: Node, rewriting: Rewriting, number: number, either: boolean): Value | undefined {
  const { builder } = rewriting;
  const out = builder.value(node.outputs[0]!);
  for (const i of either ? [0, 1] : [1]) {
    if (numberOf(rewriting, node.inputs[i]!) !== number) continue;
    const other = builder.value(node.inputs[1 - i]!);
    if (sameShape(other, out)) return other;
  }
  return undefined;
}

/** A factor that is a known number, and the value it multiplies. */
function scaled(
  name: string,
  rewriting: Rewriting,
): { readonly value: Value; readonly factor: number } | undefined {
  const node = rewriting.producer(name);
  if (node?.domain !== '' || node.op !== 'Mul') return undefined;
  for (const i of [0, 1]) {
    const factor = numberOf(rewriting, node.inputs[i]!);
    if (factor === undefined) continue;
    const value = rewriting.builder.value(node.inputs[1 - i]!);
    if (sameShape(value, rewriting.builder.value(node.outputs[0]!))) return { value, factor };
  }
  return undefined;
}

const mul: Simplification = (node, rewriting) => {
  const same = neutral(node, rewriting, 1, true);
  if (same) return same;
  const { builder } = rewriting;
  const out = builder.value(node.outputs[0]!);
  for (const i of [0, 1]) {
    const factor = numberOf(rewriting, node.inputs[i]!);
    const inner = factor === undefined ? undefined : scaled(node.inputs[1 - i]!, rewriting);
    if (factor === undefined || !inner || !sameShape(inner.value, out)) continue;
    return builder.mul(inner.value, builder.scalar(factor * inner.factor, out));
  }
  return undefined;
};

const add: Simplification = (node, rewriting) => {
  const same = neutral(node, rewriting, 0, true);
  if (same) return same;
  const { builder } = rewriting;
  for (const i of [0, 1]) {
    const negated = rewriting.producer(node.inputs[i]!);
    if (negated?.op !== 'Neg' || negated.domain !== '') continue;
    return builder.sub(builder.value(node.inputs[1 - i]!), builder.value(negated.inputs[0]!));
  }
  return swishGradient(node, rewriting) ?? joinedParts(node, rewriting);
};

const neg: Simplification = (node, { builder, producer }) => {
  const inner = producer(node.inputs[0]!);
  if (inner?.domain !== '') return undefined;
  if (inner.op === 'Neg') return builder.value(inner.inputs[0]!);
  if (inner.op === 'Sub')
    return builder.sub(builder.value(inner.inputs[1]!), builder.value(inner.inputs[0]!));
  return undefined;
};

/** Whether a cast from one type to the other and back gives the same number. */
const WIDENS: ReadonlySet<string> = new Set([
  'bool>float32',
  'bool>float64',
  'bool>int32',
  'bool>int64',
  'float16>float32',
  'float16>float64',
  'float32>float64',
  'int32>int64',
  'int32>float64',
]);

const cast: Simplification = (node, { builder, producer }) => {
  const x = builder.value(node.inputs[0]!);
  const out = builder.value(node.outputs[0]!);
  if (x.dtype === out.dtype) return x;
  const inner = producer(x.name);
  if (inner?.op !== 'Cast' || inner.domain !== '') return undefined;
  const source = builder.value(inner.inputs[0]!);
  if (!WIDENS.has(`${source.dtype}>${x.dtype}`)) return undefined;
  if (intAttribute(node, 'to') === DTYPE_NUMBER[source.dtype]) return source;
  return builder.cast(source, out.dtype);
};

export const ARITHMETIC: Simplifications = {
  Identity: (node, { builder }) => builder.value(node.inputs[0]!),
  Mul: mul,
  Div: (node, rewriting) => neutral(node, rewriting, 1, false),
  Add: add,
  Sub: (node, rewriting) => neutral(node, rewriting, 0, false),
  Neg: neg,
  Cast: cast,
};
