import { int, ints } from '../../../core/graph/index.ts';
import type { OpCase } from '../check.ts';
import { awayFromZero, distinct, integers } from '../samples.ts';

const OPS = [
  'ReduceSum',
  'ReduceMean',
  'ReduceSumSquare',
  'ReduceL1',
  'ReduceL2',
  'ReduceLogSumExp',
  'ReduceMax',
  'ReduceMin',
];

export const REDUCTION: readonly OpCase[] = OPS.flatMap((op): OpCase[] => {
  const x = op.startsWith('ReduceM') ? distinct([2, 3, 2]) : awayFromZero([2, 3, 2]);
  return [
    { label: `${op} of all`, op, inputs: [x] },
    { label: `${op} of all, no dims kept`, op, inputs: [x], attributes: { keepdims: int(0) } },
    { label: `${op} of the middle`, op, inputs: [x, integers([1])], attributes: { keepdims: int(0) } },
    { label: `${op} of two`, op, inputs: [x, integers([-1, 0])], attributes: { keepdims: int(0) } },
    { label: `${op} of two, kept`, op, inputs: [x, integers([0, 2])] },
    { label: `${op} by attribute`, op, opset: 11, inputs: [x], attributes: { axes: ints([1]) } },
    ...(op === 'ReduceSum'
      ? [
          {
            label: `${op} of none`,
            op,
            inputs: [x, integers([])],
            attributes: { noop_with_empty_axes: int(1) },
          },
        ]
      : []),
  ];
});
