/** Ops whose attributes became inputs in a later operator set. */
import {
  floatAttribute,
  fromFloat32,
  int,
  int64,
  intAttribute,
  intsAttribute,
  type Node,
} from '../../graph/index.ts';
import { type Emitter, type UpgradeRule, without } from './rule.ts';

const REDUCTIONS_18 = [
  'ReduceMax',
  'ReduceMean',
  'ReduceMin',
  'ReduceProd',
  'ReduceL1',
  'ReduceL2',
  'ReduceLogSum',
  'ReduceLogSumExp',
  'ReduceSumSquare',
];

function axesToInput(node: Node, to: Emitter): void {
  const axes = intsAttribute(node, 'axes', undefined);
  const inputs = axes ? [node.inputs[0]!, to.constant(int64(axes))] : node.inputs;
  to.emit({ ...node, inputs, attributes: without(node.attributes, 'axes') });
}

/** A scalar of the floating dtype of `like`. */
function scalarLike(value: number, like: string, to: Emitter): string {
  return to.constant(fromFloat32(Float32Array.of(value), [], to.dtype(like) ?? 'float32'));
}

const hasAxes = (node: Node): boolean => node.attributes.axes !== undefined;

export const attributesToInputs: readonly UpgradeRule[] = [
  { ops: ['Squeeze', 'Unsqueeze', 'ReduceSum'], below: 13, applies: hasAxes, rewrite: axesToInput },
  { ops: REDUCTIONS_18, below: 18, applies: hasAxes, rewrite: axesToInput },
  {
    // 13: sizes as input. 18: without sizes the count of parts has to be said.
    ops: ['Split'],
    below: 18,
    applies: (node) => node.inputs.length < 2,
    rewrite(node, to) {
      const sizes = intsAttribute(node, 'split', undefined);
      const attributes = without(node.attributes, 'split');
      if (sizes) to.emit({ ...node, inputs: [node.inputs[0]!, to.constant(int64(sizes))], attributes });
      else to.emit({ ...node, attributes: { ...attributes, num_outputs: int(node.outputs.length) } });
    },
  },
  {
    ops: ['Slice'],
    below: 10,
    rewrite(node, to) {
      const starts = intsAttribute(node, 'starts');
      const ends = intsAttribute(node, 'ends');
      const axes = intsAttribute(node, 'axes', undefined);
      const inputs = [starts, ends, ...(axes ? [axes] : [])].map((values) =>
        to.constant(clampedInt64(values)),
      );
      to.emit({ ...node, inputs: [node.inputs[0]!, ...inputs], attributes: {} });
    },
  },
  {
    ops: ['Pad'],
    below: 11,
    rewrite(node, to) {
      const value = floatAttribute(node, 'value');
      const inputs = [node.inputs[0]!, to.constant(int64(intsAttribute(node, 'pads')))];
      if (value !== 0) inputs.push(scalarLike(value, node.inputs[0]!, to));
      to.emit({ ...node, inputs, attributes: without(node.attributes, 'pads', 'value') });
    },
  },
  {
    ops: ['Clip'],
    below: 11,
    rewrite(node, to) {
      const bound = (name: string): string => {
        const value = floatAttribute(node, name, undefined);
        return value === undefined ? '' : scalarLike(value, node.inputs[0]!, to);
      };
      const inputs = [node.inputs[0]!, bound('min'), bound('max')];
      while (inputs.at(-1) === '') inputs.pop();
      to.emit({ ...node, inputs, attributes: {} });
    },
  },
  {
    // Without the training_mode input a Dropout is an identity, whatever its ratio.
    ops: ['Dropout'],
    below: 12,
    rewrite(node, to) {
      const ratio = floatAttribute(node, 'ratio');
      const inputs = [
        node.inputs[0]!,
        to.constant({ dtype: 'float32', dims: [], data: Float32Array.of(ratio) }),
      ];
      to.emit({ ...node, inputs, attributes: {} });
    },
  },
  {
    // The axis of 17 is 1 where it is left out, that of 20 the last but one.
    ops: ['DFT'],
    below: 20,
    rewrite(node, to) {
      const axis = to.constant(int64([intAttribute(node, 'axis', { opset: 19 })], []));
      const inputs = [node.inputs[0]!, node.inputs[1] ?? '', axis];
      to.emit({ ...node, inputs, attributes: without(node.attributes, 'axis') });
    },
  },
  {
    ops: ['TopK'],
    below: 10,
    rewrite(node, to) {
      const k = to.constant(int64([intAttribute(node, 'k')]));
      to.emit({ ...node, inputs: [node.inputs[0]!, k], attributes: without(node.attributes, 'k') });
    },
  },
];

/** "To the end" is 2^63 - 1 in many files: any number above the largest axis will do. */
function clampedInt64(values: readonly number[]): ReturnType<typeof int64> {
  const limit = 2 ** 53;
  return int64(values.map((v) => Math.max(-limit, Math.min(limit, v))));
}
