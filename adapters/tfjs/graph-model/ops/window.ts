/** What convolutions and pooling have in common: strides, padding and the order of the axes. */
import type { GraphBuilder, Value } from '../../../../core/graph/index.ts';
import { type Padding, toChannelsFirst, toChannelsLast } from '../../ops/index.ts';
import type { Operation } from '../operation.ts';

/** Whether the node's images are [batch, channels, height, width]; its lists then have that order too. */
export const isChannelsFirst = (operation: Operation): boolean =>
  operation.attributes.string('data_format', 'NHWC').toUpperCase().startsWith('NC');

/** The entries of the height and the width in a list with one for each axis; `fallback` twice where it is absent. */
export function spatial(operation: Operation, name: string, fallback = 1): number[] {
  const list = operation.attributes.ints(name);
  if (list.length === 0) return [fallback, fallback];
  if (list.length === 2) return list;
  return isChannelsFirst(operation) ? list.slice(2) : list.slice(1, -1);
}

export function paddingOf(operation: Operation): Padding {
  const padding = operation.attributes.string('padding', 'VALID').toUpperCase();
  if (padding === 'SAME' || padding === 'VALID') return padding;
  if (padding !== 'EXPLICIT') return operation.fail(`has the padding "${padding}"`);
  const list = operation.attributes.ints('explicit_paddings');
  if (list.length !== 8) return operation.fail(`has ${list.length} explicit_paddings, and 8 are needed`);
  const first = isChannelsFirst(operation) ? 4 : 2;
  return {
    explicit: [
      [list[first]!, list[first + 1]!],
      [list[first + 2]!, list[first + 3]!],
    ],
  };
}

/** Runs `emit` on images with their channels last, whatever the node's own order is. */
export function inChannelsLast(
  operation: Operation,
  x: Value,
  emit: (b: GraphBuilder, x: Value) => Value,
): Value {
  const b = operation.builder;
  return isChannelsFirst(operation) ? toChannelsFirst(b, emit(b, toChannelsLast(b, x))) : emit(b, x);
}
