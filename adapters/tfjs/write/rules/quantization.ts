/** Pairs of QuantizeLinear and DequantizeLinear, computed as they are defined. */
import { type DType, intAttribute } from '../../../../core/graph/index.ts';
import { identity, type Permutation } from '../permutation.ts';
import type { Rule, Rules, Site } from '../rule.ts';
import type { TfValue } from '../tf-builder.ts';

const RANGES: Partial<Record<DType, readonly [number, number]>> = {
  uint8: [0, 255],
  int8: [-128, 127],
  uint16: [0, 65535],
  int16: [-32768, 32767],
};

/** A scale or zero point, to be broadcast against the input: of rank 0, or along the axis. */
function parameter(s: Site, i: number, perm: Permutation): TfValue {
  const dims = s.dims(i);
  const value = s.tf.op('Cast', [s.natural(i)], {}, 'float32');
  if (dims.length === 0) return value;
  if (dims.length > 1) throw s.unsupported('it has a scale for each block');
  if (dims[0] === 1) return s.reshape(value, []);
  const place = perm.indexOf(s.axis(intAttribute(s.node, 'axis'), perm.length));
  return s.reshape(value, [dims[0]!, ...new Array<number>(perm.length - 1 - place).fill(1)]);
}

const quantize: Rule = (s) => {
  const range = RANGES[s.outDType()];
  if (!range) throw s.unsupported(`it makes ${s.outDType()}`);
  const perm = s.order(0);
  let x = s.tf.op('Round', [s.tf.op('RealDiv', [s.as(0, perm), parameter(s, 1, perm)])]);
  if (s.has(2)) x = s.tf.op('AddV2', [x, parameter(s, 2, perm)]);
  const [low, high] = range;
  const bounded = s.tf.op('Minimum', [s.tf.op('Maximum', [x, s.tf.scalar(low)]), s.tf.scalar(high)]);
  return [[{ perm, value: s.tf.op('Cast', [bounded], {}, 'int32') }]];
};

const dequantize: Rule = (s) => {
  const perm = s.source(0).constant ? identity(s.rank(0)) : s.order(0);
  let x = s.tf.op('Cast', [s.as(0, perm)], {}, 'float32');
  if (s.has(2)) x = s.tf.op('Sub', [x, parameter(s, 2, perm)]);
  return [[{ perm, value: s.tf.op('Mul', [x, parameter(s, 1, perm)]) }]];
};

export const QUANTIZATION: Rules = { QuantizeLinear: quantize, DequantizeLinear: dequantize };
