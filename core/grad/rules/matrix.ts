/**
 * MatMul   Y = A B                          dA = dY B^T           dB = A^T dY
 * Gemm     Y = alpha A' B' + beta C         dA' = alpha dY B'^T   dB' = alpha A'^T dY   dC = beta dY
 * where A' is A or its transpose, so that dA is dA' or its transpose; the same for B.
 */
import { float, floatAttribute, int, intAttribute, type Value } from '../../graph/index.ts';
import { productOf } from '../axes.ts';
import type { GradientRule, InputGradient, RuleContext } from '../rule.ts';

function gemm(c: RuleContext, a: Value, b: Value, transA: boolean, transB: boolean, alpha = 1): Value {
  return c.builder.op('Gemm', [a, b], {
    transA: int(transA ? 1 : 0),
    transB: int(transB ? 1 : 0),
    ...(alpha === 1 ? {} : { alpha: float(alpha) }),
  });
}

function transposed(c: RuleContext, x: Value): Value {
  const rank = x.shape.length;
  const batch = Array.from({ length: rank - 2 }, (_, i) => i);
  return c.builder.transpose(x, [...batch, rank - 1, rank - 2]);
}

function matMul(c: RuleContext): InputGradient[] {
  const { builder: b, dy } = c;
  // One-dimensional operands are a row on the left and a column on the right.
  const left = c.shape(0).length === 1 ? [1, ...c.shape(0)] : c.shape(0);
  const right = c.shape(1).length === 1 ? [...c.shape(1), 1] : c.shape(1);
  const [m, k, n] = [left.at(-2)!, left.at(-1)!, right.at(-1)!];
  if (right.length === 2) {
    // One matrix on the right: all rows of the batch are rows of one product.
    const rows = productOf(left.slice(0, -1));
    const flat = b.reshape(dy, [rows, n]);
    return [
      () => b.reshape(gemm(c, flat, b.reshape(c.input(1), right), false, true), c.shape(0)),
      () => b.reshape(gemm(c, b.reshape(c.input(0), [rows, k]), flat, true, false), c.shape(1)),
    ];
  }
  const batch = dy.shape.slice(0, c.shape(0).length === 1 ? -1 : -2) as number[];
  const gradient = b.reshape(dy, [...batch, m, n]);
  return [
    () => b.matMul(gradient, transposed(c, c.input(1))),
    () => b.matMul(transposed(c, b.reshape(c.input(0), left)), gradient),
  ];
}

function gemmRule(c: RuleContext): InputGradient[] {
  const { builder: b, dy } = c;
  const [A, B] = [c.input(0), c.input(1)];
  const transA = intAttribute(c.node, 'transA') === 1;
  const transB = intAttribute(c.node, 'transB') === 1;
  const alpha = floatAttribute(c.node, 'alpha');
  const beta = floatAttribute(c.node, 'beta');
  return [
    () => (transA ? gemm(c, B, dy, transB, true, alpha) : gemm(c, dy, B, false, !transB, alpha)),
    () => (transB ? gemm(c, dy, A, true, transA, alpha) : gemm(c, A, dy, !transA, false, alpha)),
    ...(c.inputs.length > 2 ? [() => (beta === 1 ? dy : b.mul(dy, b.scalar(beta, dy)))] : []),
  ];
}

export const MATRIX_RULES: readonly GradientRule[] = [
  { op: 'MatMul', gradient: matMul },
  { op: 'Gemm', gradient: gemmRule },
];
