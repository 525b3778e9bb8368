/** Upsample, and Resize before operator set 11, in the terms of today's Resize. */
import { float32, floatsAttribute, type Node, str, stringAttribute, toNumbers } from '../../graph/index.ts';
import type { Emitter, UpgradeRule } from './rule.ts';

export const resize: readonly UpgradeRule[] = [
  { ops: ['Upsample'], below: 22, rewrite: toResize },
  { ops: ['Resize'], below: 11, rewrite: toResize },
  {
    // 20 gave the interpolations their present names.
    ops: ['GridSample'],
    below: 20,
    rewrite(node, to) {
      const mode = stringAttribute(node, 'mode', { opset: 19 });
      const renamed = mode === 'bilinear' ? 'linear' : mode === 'bicubic' ? 'cubic' : mode;
      to.emit({ ...node, attributes: { ...node.attributes, mode: str(renamed) } });
    },
  },
  {
    // Before 16 there was no shift by half a pixel.
    ops: ['RoiAlign'],
    below: 16,
    rewrite(node, to) {
      const coordinate_transformation_mode = str('output_half_pixel');
      to.emit({ ...node, attributes: { ...node.attributes, coordinate_transformation_mode } });
    },
  },
];

/** Coordinates are x / scale; nearest takes the pixel to the left where it enlarges, to the right where it shrinks. */
function toResize(node: Node, to: Emitter): void {
  const attribute = floatsAttribute(node, 'scales', undefined);
  const scales = attribute ? to.constant(float32(attribute)) : node.inputs[1]!;
  const mode = stringAttribute(node, 'mode');
  const known = to.known(scales);
  const values = known ? toNumbers(known) : undefined;
  const shrinks = values?.some((s) => s < 1) ?? false;
  if (mode === 'nearest' && node.op === 'Resize' && (!values || (shrinks && values.some((s) => s > 1))))
    to.refuse(node, 'its nearest mode cannot be told in the terms of a newer Resize');
  to.emit({
    ...node,
    op: 'Resize',
    inputs: [node.inputs[0]!, '', scales],
    attributes: {
      mode: str(mode === 'bilinear' ? 'linear' : mode),
      coordinate_transformation_mode: str('asymmetric'),
      nearest_mode: str(shrinks ? 'ceil' : 'floor'),
    },
  });
}
