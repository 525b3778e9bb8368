/** dx of y = Conv(x, w): the convolution transposed. */
import { int, ints, type Value } from '../../graph/index.ts';
import { isPointwise } from '../cost.ts';
import { fixedShape, intOf, intsOf, type Lowerings, type Site } from '../lowering.ts';
import { extentOf, windowsOf } from '../window.ts';

function convInputGradient(site: Site): Value[] {
  const { builder, node, inputs } = site;
  const group = intOf(node, 'group');
  const strided = [intsOf(node, 'kernel_shape'), intsOf(node, 'strides'), intsOf(node, 'pads')] as const;
  if (site.target === 'portable' || group !== 1 || !isPointwise(...strided)) return [transposed(site)];
  const w = inputs[1]!;
  const axes = strided[0].map((_, i) => i + 2);
  return [builder.op('Conv', [inputs[0]!, builder.transpose(w, [1, 0, ...axes])])];
}

/** ConvTranspose does it all; what the strided forward windows did not reach at the end is output padding. */
function transposed({ builder, node, inputs }: Site): Value {
  const [dy, w] = [inputs[0]!, inputs[1]!];
  const windows = windowsOf(node);
  const spatial = intsOf(node, 'input_shape').slice(2);
  const output = fixedShape(dy).slice(2);
  const rest = windows.map(
    (v, i) => spatial[i]! + v.before + v.after - (v.stride * (output[i]! - 1) + extentOf(v)),
  );
  return builder.op('ConvTranspose', [dy, w], {
    kernel_shape: ints(windows.map((v) => v.kernel)),
    strides: ints(windows.map((v) => v.stride)),
    dilations: ints(windows.map((v) => v.dilation)),
    pads: ints([...windows.map((v) => v.before), ...windows.map((v) => v.after)]),
    output_padding: ints(rest),
    group: int(intOf(node, 'group')),
  });
}

export const CONV_INPUT: Lowerings = { ConvInputGradient: convInputGradient };
