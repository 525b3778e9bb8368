/** Layers that change the shape alone. */
import { int } from '../../../../core/graph/index.ts';
import { type LayerTranslation, numbersOf } from '../layer-call.ts';

const flatten: LayerTranslation = ({ builder: b, x }) => {
  if (x.shape.length === 1) return b.unsqueeze(x, [1]);
  return x.shape.length === 2 ? x : b.op('Flatten', [x], { axis: int(1) });
};

/** `target_shape` leaves out the batch; -1 or null, once, stands for what is left. */
const reshape: LayerTranslation = (call) => {
  const target = Array.isArray(call.config.target_shape) ? call.config.target_shape : [];
  return call.builder.reshape(call.x, [
    0,
    ...target.map((d: unknown) => (typeof d === 'number' && d >= 0 ? d : -1)),
  ]);
};

/** `dims` counts axes from 1, the batch being 0. */
const permute: LayerTranslation = (call) =>
  call.builder.transpose(call.x, [0, ...numbersOf(call.config.dims)]);

const repeatVector: LayerTranslation = ({ builder: b, x, config }) =>
  b.expand(b.unsqueeze(x, [1]), [1, Number(config.n ?? 1), 1]);

export const SHAPE_LAYERS: readonly (readonly [string, LayerTranslation])[] = [
  ['Flatten', flatten],
  ['Reshape', reshape],
  ['Permute', permute],
  ['RepeatVector', repeatVector],
];
