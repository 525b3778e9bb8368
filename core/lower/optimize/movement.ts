/** Ops that only move elements: pairs that cancel, chains that merge, and those that leave all where it is. */
import { intsAttribute, type Node, sizeOf, toNumbers, type Value } from '../../graph/index.ts';
import type { Rewriting } from '../rewrite.ts';
import type { Simplification, Simplifications } from './algebra.ts';

const sameShape = (a: Value, b: Value): boolean =>
  a.shape.length === b.shape.length && a.shape.every((d, i) => d === b.shape[i]);

const isFixed = (value: Value): boolean => value.shape.every((d) => typeof d === 'number');

const RESHAPING = new Set(['Reshape', 'Flatten', 'Squeeze', 'Unsqueeze']);

/** A chain of reshaping ops is one Reshape, or nothing when it ends in the shape it began with. */
const reshaping: Simplification = (node, { builder, producer }) => {
  const out = builder.value(node.outputs[0]!);
  let source = builder.value(node.inputs[0]!);
  let chained = false;
  for (;;) {
    if (sameShape(source, out)) return source;
    const inner = producer(source.name);
    if (inner?.domain !== '' || !RESHAPING.has(inner.op)) break;
    source = builder.value(inner.inputs[0]!);
    chained = true;
  }
  return chained && isFixed(out) ? builder.reshape(source, out.shape as number[]) : undefined;
};

const permOf = (node: Node, rank: number): readonly number[] =>
  intsAttribute(node, 'perm', undefined) ?? Array.from({ length: rank }, (_, i) => rank - 1 - i);

const transpose: Simplification = (node, { builder, producer }) => {
  const x = builder.value(node.inputs[0]!);
  const perm = permOf(node, x.shape.length);
  if (perm.every((p, i) => p === i)) return x;
  const inner = producer(x.name);
  if (inner?.op === 'Transpose' && inner.domain === '') {
    const source = builder.value(inner.inputs[0]!);
    const first = permOf(inner, x.shape.length);
    return builder.transpose(
      source,
      perm.map((p) => first[p]!),
    );
  }
  // Axes longer than 1 that keep their order: the elements stay where they are.
  if (!isFixed(x)) return undefined;
  const long = perm.filter((p) => x.shape[p] !== 1);
  if (!long.every((p, i) => i === 0 || long[i - 1]! < p)) return undefined;
  return builder.reshape(
    x,
    perm.map((p) => x.shape[p] as number),
  );
};

/** An op that changes nothing when the shape stays: Expand, and Slice with positive steps. */
const unchanged: Simplification = (node, { builder }) => {
  const x = builder.value(node.inputs[0]!);
  return isFixed(x) && sameShape(x, builder.value(node.outputs[0]!)) ? x : undefined;
};

const knownInts = ({ builder }: Rewriting, name: string | undefined): number[] | undefined => {
  if (!name) return undefined;
  const constant = builder.graph.constants.get(name);
  return constant && sizeOf(constant.dims) <= 64 ? toNumbers(constant.read()) : undefined;
};

const slice: Simplification = (node, rewriting) => {
  const steps = node.inputs[4] ? knownInts(rewriting, node.inputs[4]) : [];
  return steps?.every((s) => s === 1) ? unchanged(node, rewriting) : undefined;
};

const pad: Simplification = (node, rewriting) =>
  knownInts(rewriting, node.inputs[1])?.every((p) => p === 0)
    ? rewriting.builder.value(node.inputs[0]!)
    : undefined;

/** A sum over axes of length 1 moves nothing together. */
const reduce: Simplification = (node, { builder }) => {
  const x = builder.value(node.inputs[0]!);
  const out = builder.value(node.outputs[0]!);
  if (!isFixed(x) || !isFixed(out)) return undefined;
  return sizeOf(x.shape as number[]) === sizeOf(out.shape as number[])
    ? builder.reshape(x, out.shape as number[])
    : undefined;
};

export const MOVEMENT: Simplifications = {
  Reshape: reshaping,
  Flatten: reshaping,
  Squeeze: reshaping,
  Unsqueeze: reshaping,
  Transpose: transpose,
  Expand: unchanged,
  Slice: slice,
  Pad: pad,
  ReduceSum: reduce,
  ReduceMean: reduce,
  ReduceMax: reduce,
  ReduceMin: reduce,
};
