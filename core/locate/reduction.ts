/** Steps that make one vector an image of a map or of tokens. */
import { intAttribute, intsAttribute, type Node } from '../graph/index.ts';
import type { Pooling } from './site.ts';
import type { GraphView } from './view.ts';

export interface Reduction {
  readonly pooling: Exclude<Pooling, 'none'>;
  /** Whether it is a mean or a selection, which a linear layer before it may change places with; a maximum is not. */
  readonly linear: boolean;
  /** Whether it is over the places of [N, H, W, C], whose last axis it leaves alone. */
  readonly channelsLast?: true;
  readonly node: Node;
}

/** How `node` reduces [N, C, ...] (classAxis 1 left alone), or [N, T, C] or [N, H, W, C] (last axis left alone), if it does. */
export function matchReduction(view: GraphView, node: Node): Reduction | undefined {
  if (node.op === 'QLinearGlobalAveragePool' && intAttribute(node, 'channels_last') === 0)
    return { pooling: 'mean-spatial', linear: true, node };
  if (node.domain !== '') return undefined;
  const shape = view.shapeOf(node.inputs[0]!);
  switch (node.op) {
    case 'GlobalAveragePool':
      return { pooling: 'mean-spatial', linear: true, node };
    case 'GlobalMaxPool':
      return { pooling: 'mean-spatial', linear: false, node };
    case 'AveragePool':
    case 'MaxPool':
      return coversMap(view, node)
        ? { pooling: 'mean-spatial', linear: node.op === 'AveragePool', node }
        : undefined;
    case 'ReduceMean':
    case 'ReduceMax': {
      const axes = sortedAxes(view, node, shape?.length);
      const linear = node.op === 'ReduceMean';
      if (shape?.length === 4 && axes === '1,2')
        return { pooling: 'mean-spatial', linear, channelsLast: true, node };
      const pooling = poolingOver(axes, shape?.length);
      return pooling && { pooling, linear, node };
    }
    case 'Gather':
      return shape?.length === 3 &&
        intAttribute(node, 'axis') === 1 &&
        isFirst(view.numbers(node.inputs[1]), shape?.[1])
        ? { pooling: 'class-token', linear: true, node }
        : undefined;
    case 'Slice':
      return shape?.length === 3 && selectsFirst(view, node)
        ? { pooling: 'class-token', linear: true, node }
        : undefined;
    default:
      return undefined;
  }
}

function coversMap(view: GraphView, node: Node): boolean {
  const shape = view.shapeOf(node.inputs[0]!);
  const kernel = intsAttribute(node, 'kernel_shape');
  if (intsAttribute(node, 'pads', undefined)?.some((p) => p !== 0)) return false;
  return kernel.length > 0 && !!shape && kernel.every((k, i) => k === shape[i + 2]);
}

/** The axes that are reduced, in order, counted from the first where the rank is known. */
function sortedAxes(view: GraphView, node: Node, rank: number | undefined): string | undefined {
  const axes = view.axes(node, 1)?.map((a) => (a < 0 && rank ? a + rank : a));
  return axes && [...axes].sort((a, b) => a - b).join();
}

function poolingOver(
  sorted: string | undefined,
  rank: number | undefined,
): 'mean-spatial' | 'mean-tokens' | undefined {
  if (sorted === '2,3' || sorted === '-2,-1') return 'mean-spatial';
  if (rank === 3 && sorted === '2') return 'mean-spatial';
  return sorted === '1' && rank === 3 ? 'mean-tokens' : undefined;
}

/** Whether indices pick element 0 of an axis of `size`, and it alone. */
function isFirst(indices: readonly number[] | undefined, size: number | string | undefined): boolean {
  return indices?.length === 1 && (indices[0] === 0 || (typeof size === 'number' && indices[0] === -size));
}

function selectsFirst(view: GraphView, node: Node): boolean {
  const starts = intsAttribute(node, 'starts', undefined) ?? view.numbers(node.inputs[1]);
  const ends = intsAttribute(node, 'ends', undefined) ?? view.numbers(node.inputs[2]);
  const axes = view.axes(node, 3) ?? starts?.map((_, i) => i);
  const steps = view.numbers(node.inputs[4]) ?? [1];
  const at = axes?.indexOf(1) ?? -1;
  if (!starts || !ends || at < 0 || (steps[at] ?? 1) < 1) return false;
  // Slices of the other axes must take all of them.
  const whole = starts.every((start, i) => i === at || (start === 0 && ends[i]! >= 2 ** 31 - 1));
  return whole && starts[at] === 0 && ends[at] === 1;
}
