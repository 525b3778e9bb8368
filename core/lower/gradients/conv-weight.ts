/** dw of y = Conv(x, w): the correlation of x with dy. */
import { int, ints, type Value } from '../../graph/index.ts';
import { fixedShape, input, intOf, intsOf, type Lowerings, type Site } from '../lowering.ts';
import { windowsOf } from '../window.ts';

function convWeightGradient(site: Site): Value[] {
  return [asConvolution(site)];
}

/**
 * One convolution in which batch and channels change places: x as C/group images of group * N channels, dy as the
 * kernel of M filters, strides and dilations swapped. Where the forward windows did not reach the end of x, it has
 * more positions than the kernel; those are cut off.
 */
function asConvolution(site: Site): Value {
  const { builder, node } = site;
  const [x, dy] = [input(site, 0), input(site, 1)];
  const windows = windowsOf(node);
  const group = intOf(node, 'group');
  const [batch, channels, ...spatial] = fixedShape(x) as [number, number, ...number[]];
  const axes = windows.map((_, i) => i + 2);
  const swap = [1, 0, ...axes];

  const grouped = builder.reshape(x, [batch, group, channels / group, ...spatial]);
  const images = builder.reshape(builder.transpose(grouped, [2, 1, 0, ...axes.map((a) => a + 1)]), [
    channels / group,
    group * batch,
    ...spatial,
  ]);
  const filters = builder.transpose(dy, swap);
  const all = builder.op('Conv', [images, filters], {
    kernel_shape: ints(fixedShape(dy).slice(2)),
    strides: ints(windows.map((w) => w.dilation)),
    dilations: ints(windows.map((w) => w.stride)),
    pads: ints([...windows.map((w) => w.before), ...windows.map((w) => w.after)]),
    group: int(group),
  });
  const kernel = intsOf(node, 'weight_shape').slice(2);
  const exact = kernel.every((k, i) => k === all.shape[i + 2]);
  const cut = exact
    ? all
    : builder.slice(
        all,
        axes.map(() => 0),
        kernel,
        axes,
      );
  return builder.transpose(cut, swap);
}

export const CONV_WEIGHT: Lowerings = { ConvWeightGradient: convWeightGradient };
