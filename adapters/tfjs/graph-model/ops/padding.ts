import { type PadMode, pad } from '../../ops/index.ts';
import type { Operation, Translation, Translations } from '../operation.ts';

/** Input 1 is [rank, 2]: before and after, for each axis. */
function paddings(operation: Operation): [number, number][] {
  const flat = operation.ints(1);
  return Array.from({ length: flat.length / 2 }, (_, i) => [flat[2 * i]!, flat[2 * i + 1]!]);
}

const constant: Translation = (operation) => {
  const value = operation.inputs.length > 2 ? operation.number(2) : 0;
  return pad(operation.builder, operation.x(0), paddings(operation), 'constant', value);
};

const mirrored: Translation = (operation) => {
  const mode = operation.attributes.string('mode', 'REFLECT').toLowerCase() as PadMode;
  return pad(operation.builder, operation.x(0), paddings(operation), mode);
};

export const PADDINGS: Translations = { Pad: constant, PadV2: constant, MirrorPad: mirrored };
