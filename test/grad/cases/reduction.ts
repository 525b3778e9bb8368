import { int, ints } from '../../../core/graph/index.ts';
import type { OpCase } from '../check.ts';
import { awayFromZero, distinct, exactly, integers, type Sample } from '../samples.ts';

const OPS = [
  'ReduceSum',
  'ReduceMean',
  'ReduceSumSquare',
  'ReduceL1',
  'ReduceL2',
  'ReduceLogSumExp',
  'ReduceMax',
  'ReduceMin',
  'ReduceProd',
];

/** Over no axes, told by an empty list or by none: the op of each element alone. */
const ofNone = (op: string, opset: number, x: Sample): OpCase[] =>
  [0, 1].flatMap((keepdims) =>
    [[x, integers([])], [x]].map((inputs) => ({
      label: `${op} of none, ${inputs.length > 1 ? 'an empty list' : 'no list'}, operator set ${opset}, keepdims ${keepdims}`,
      op,
      opset,
      inputs,
      attributes: { noop_with_empty_axes: int(1), keepdims: int(keepdims) },
    })),
  );

const reductions = OPS.flatMap((op): OpCase[] => {
  const x = op.startsWith('ReduceM') ? distinct([2, 3, 2]) : awayFromZero([2, 3, 2]);
  return [
    { label: `${op} of all`, op, inputs: [x] },
    { label: `${op} of all, no dims kept`, op, inputs: [x], attributes: { keepdims: int(0) } },
    { label: `${op} of the middle`, op, inputs: [x, integers([1])], attributes: { keepdims: int(0) } },
    { label: `${op} of two`, op, inputs: [x, integers([-1, 0])], attributes: { keepdims: int(0) } },
    { label: `${op} of two, kept`, op, inputs: [x, integers([0, 2])] },
    { label: `${op} by attribute`, op, opset: 11, inputs: [x], attributes: { axes: ints([1]) } },
    ...(op === 'ReduceSum' ? [13] : [18, 20]).flatMap((opset) => ofNone(op, opset, x)),
  ];
});

export const REDUCTION: readonly OpCase[] = [
  ...reductions,
  {
    label: 'ReduceProd with zeros',
    op: 'ReduceProd',
    inputs: [exactly([3, 3], [1, 2, 3, 0, 2, 3, 0, 0, 3]), integers([1])],
  },
  ...[0, 1].flatMap((exclusive) =>
    [0, 1].map(
      (reverse): OpCase => ({
        label: `CumSum exclusive ${exclusive} reverse ${reverse}`,
        op: 'CumSum',
        inputs: [awayFromZero([2, 4, 2]), integers([1], [])],
        attributes: { exclusive: int(exclusive), reverse: int(reverse) },
      }),
    ),
  ),
];
