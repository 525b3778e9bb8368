import { type Dim, int, type Value } from '../../../../core/graph/index.ts';
import { transposeTensor } from '../../ops/index.ts';
import type { Operand } from '../operand.ts';
import type { Operation, Translation, Translations } from '../operation.ts';
import { finish, fusedOf } from './fused.ts';

/** The operand with its last two axes swapped; a constant is at once, under its own name. */
function swapped(operation: Operation, operand: Operand): Value {
  const rank = operand.shape.length;
  const perm = [...Array.from({ length: rank - 2 }, (_, i) => i), rank - 1, rank - 2];
  if (!operand.tensor) return operation.builder.transpose(operand.value(), perm);
  return operation.builder.weight(
    operand.name ?? `${operation.node.name}/kernel`,
    transposeTensor(operand.tensor, perm),
  );
}

const product =
  (left: string, right: string): Translation =>
  (operation) => {
    const { attributes: a, builder: b } = operation;
    const factor = (i: number, name: string): Value =>
      a.bool(name) ? swapped(operation, operation.operand(i)) : operation.x(i);
    return b.matMul(factor(0, left), factor(1, right));
  };

const matMul = product('transpose_a', 'transpose_b');

/** With a constant matrix and bias: one Gemm, as dense layers are. */
const fusedMatMul: Translation = (operation) => {
  const fused = fusedOf(operation);
  const { builder: b, attributes: a } = operation;
  const [x, weight, bias] = [operation.operand(0), operation.operand(1), fused.bias];
  const isDense =
    x.shape.length === 2 && weight.tensor && bias?.tensor?.dims.length === 1 && !a.bool('transpose_a');
  if (!isDense) return finish(operation, matMul(operation) as Value, fused, false);
  const matrix = a.bool('transpose_b') ? swapped(operation, weight) : weight.value();
  return finish(operation, b.op('Gemm', [x.value(), matrix, bias.value()]), fused, true);
};

/** Shapes as in NumPy's einsum; `...` stands for axes that all operands share, in front. */
const einsum: Translation = (operation) => {
  const { builder: b } = operation;
  const equation = operation.attributes.string('equation', '').replaceAll(' ', '');
  const values = operation.inputs.map((input) => input.value());
  const [left = '', right] = equation.split('->');
  if (right === undefined || equation.includes('...'))
    return operation.fail(
      `has the equation "${equation}"; only those without "..." and with "->" are translated`,
    );
  const sizes = new Map<string, Dim>();
  left.split(',').forEach((letters, i) => {
    [...letters].forEach((letter, axis) => {
      const dim =
        values[i]?.shape[axis] ??
        operation.fail(`has the equation "${equation}", and an operand of another rank`);
      if (typeof sizes.get(letter) !== 'number') sizes.set(letter, dim);
    });
  });
  const shape = [...right].map((letter) => sizes.get(letter)!);
  const types = [{ dtype: values[0]!.dtype, shape }];
  return b.op('Einsum', values, { equation: { kind: 'string', value: equation } }, { types });
};

const argExtreme =
  (op: 'ArgMax' | 'ArgMin'): Translation =>
  (operation) => {
    const { builder: b } = operation;
    const x = operation.x(0);
    const axis = operation.inputs.length > 1 ? operation.number(1) : 0;
    const found = b.op(op, [x], { axis: int(axis < 0 ? axis + x.shape.length : axis), keepdims: int(0) });
    return b.cast(found, 'int32');
  };

export const MATRICES: Translations = {
  MatMul: matMul,
  _FusedMatMul: fusedMatMul,
  BatchMatMul: product('adj_x', 'adj_y'),
  BatchMatMulV2: product('adj_x', 'adj_y'),
  Einsum: einsum,
  ArgMax: argExtreme('ArgMax'),
  ArgMin: argExtreme('ArgMin'),
};
