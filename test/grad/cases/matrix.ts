import { float, int } from '../../../core/graph/index.ts';
import type { OpCase } from '../check.ts';
import { uniform } from '../samples.ts';

const matMul = (a: readonly number[], b: readonly number[]): OpCase => ({
  label: `MatMul [${a}] [${b}]`,
  op: 'MatMul',
  inputs: [uniform(a), uniform(b)],
});

const gemms = [0, 1].flatMap((transA) =>
  [0, 1].flatMap((transB) =>
    [undefined, [], [4], [3, 1], [1, 4], [3, 4]].map((c): OpCase => {
      const inputs = [uniform(transA ? [2, 3] : [3, 2]), uniform(transB ? [4, 2] : [2, 4])];
      return {
        label: `Gemm transA ${transA} transB ${transB} C ${c ? `[${c}]` : 'none'}`,
        op: 'Gemm',
        inputs: c ? [...inputs, uniform(c)] : inputs,
        attributes: {
          transA: int(transA),
          transB: int(transB),
          ...(c?.length === 2 ? { alpha: float(0.5), beta: float(1.5) } : {}),
        },
      };
    }),
  ),
);

export const MATRIX: readonly OpCase[] = [
  matMul([3, 2], [2, 4]),
  matMul([2], [2]),
  matMul([2], [2, 3]),
  matMul([3, 2], [2]),
  matMul([2, 3, 2], [2, 4]),
  matMul([2, 3, 2], [2]),
  matMul([2], [3, 2, 4]),
  matMul([3, 2], [2, 2, 4]),
  matMul([2, 3, 2], [2, 2, 4]),
  matMul([2, 1, 3, 2], [3, 2, 1]),
  ...gemms,
];
