/**
 * onnxruntime's own domain for the blocked layout of x86 CPUs. Its ops take and give tensors that are declared
 * [N, C, H, W] while their elements lie as [N, C/b, H, W, b]; see docs of ONNX Runtime's NchwcTransformer.
 * Weights are [M/b, C/b, kh, kw, b of C, b of M], where the input has fewer channels than a block
 * [M/b, C, kh, kw, b of M], depthwise [M/b, 1, kh, kw, b of M]; declared as [M, C, kh, kw].
 */
import {
  type Attributes,
  floats,
  type GraphBuilder,
  int,
  ints,
  type Node,
  str,
  type Value,
} from '../../graph/index.ts';
import type { AxisWindow } from '../window.ts';

export const NCHWC = 'com.microsoft.nchwc';

export interface BlockedConvolution {
  /** [N, C, H, W] as declared. */
  readonly x: Value;
  /** [M, C/group, kh, kw] as declared. */
  readonly w: Value;
  readonly bias?: Value | undefined;
  readonly windows: readonly AxisWindow[];
  readonly group: number;
  /** [N, M, oh, ow]. */
  readonly output: readonly number[];
}

export function emitConvolution(builder: GraphBuilder, c: BlockedConvolution): Value {
  const attributes = {
    kernel_shape: ints(c.windows.map((w) => w.kernel)),
    strides: ints(c.windows.map((w) => w.stride)),
    dilations: ints(c.windows.map((w) => w.dilation)),
    pads: ints([...c.windows.map((w) => w.before), ...c.windows.map((w) => w.after)]),
    group: int(c.group),
  };
  const types = [{ dtype: c.x.dtype, shape: c.output }];
  return builder.op('com.microsoft.nchwc:Conv', [c.x, c.w, c.bias], attributes, { types });
}

export const isBlockedConvolution = (node: Node | undefined): node is Node =>
  node?.domain === NCHWC && node.op === 'Conv';

/** The convolution followed by Relu, or by Clip between two bounds. */
export function withActivation(conv: Node, activation: 'Relu' | readonly [number, number]): Node {
  const attributes: Attributes =
    activation === 'Relu'
      ? { ...conv.attributes, activation: str('Relu') }
      : { ...conv.attributes, activation: str('Clip'), activation_params: floats(activation) };
  return { ...conv, attributes };
}
