/**
 * Parts of a value each padded with zeros to its whole size and added up, as the gradients of slices are: the parts side by
 * side, in one pass over memory instead of two a part.
 *   Pad(a, [0, n]) + Pad(b, [m, 0]) = Concat(a, b), where a is m long and b is n long
 */
import { stringAttribute, toNumbers, type Value } from '../../graph/index.ts';
import type { Rewriting } from '../rewrite.ts';
import type { Simplification } from './algebra.ts';

interface Part {
  readonly value: Value;
  /** The only axis along which it is padded. */
  readonly axis: number;
  readonly begin: number;
  readonly end: number;
}

/** The terms of a sum of sums. */
function termsOf(name: string, rewriting: Rewriting): string[] {
  const node = rewriting.producer(name);
  if (node?.op !== 'Add' || node.domain !== '') return [name];
  return node.inputs.flatMap((input) => termsOf(input, rewriting));
}

/** What a Pad with zeros puts where; undefined for anything else. */
function partOf(name: string, { builder, producer }: Rewriting): Part | undefined {
  const node = producer(name);
  if (node?.op !== 'Pad' || node.domain !== '' || node.inputs.length > 2) return undefined;
  if (stringAttribute(node, 'mode') !== 'constant') return undefined;
  const constant = builder.graph.constants.get(node.inputs[1]!);
  const pads = constant && toNumbers(constant.read());
  const value = builder.value(node.inputs[0]!);
  const rank = value.shape.length;
  if (pads?.length !== 2 * rank || pads.some((pad) => pad < 0)) return undefined;
  const padded = value.shape.flatMap((_, axis) => (pads[axis]! + pads[rank + axis]! > 0 ? [axis] : []));
  const [axis] = padded;
  if (axis === undefined || padded.length > 1) return undefined;
  const begin = pads[axis]!;
  return { value, axis, begin, end: begin + (value.shape[axis] as number) };
}

/** For an Add of parts that lie side by side and leave nothing out. */
export const joinedParts: Simplification = (node, rewriting) => {
  const out = rewriting.builder.value(node.outputs[0]!);
  const parts: Part[] = [];
  for (const name of node.inputs.flatMap((input) => termsOf(input, rewriting))) {
    const part = partOf(name, rewriting);
    if (!part) return undefined;
    parts.push(part);
  }
  parts.sort((a, b) => a.begin - b.begin);
  const { axis } = parts[0]!;
  const rest = out.shape.with(axis, '').join();
  let end = 0;
  for (const part of parts) {
    if (part.axis !== axis || part.begin !== end || part.value.shape.with(axis, '').join() !== rest)
      return undefined;
    end = part.end;
  }
  if (end !== out.shape[axis]) return undefined;
  return rewriting.builder.concat(
    parts.map(({ value }) => value),
    axis,
  );
};
