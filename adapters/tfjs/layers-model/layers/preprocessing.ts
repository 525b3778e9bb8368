/** What Keras models do to images themselves. */
import {
  float32,
  type GraphBuilder,
  sizeOf,
  type Tensor,
  toNumbers,
  type Value,
} from '../../../../core/graph/index.ts';
import { resize } from '../../ops/index.ts';
import { type LayerCall, type LayerTranslation, numbersOf } from '../layer-call.ts';

/** scale x + offset; either may be a list along the channels. */
const rescaling: LayerTranslation = (call) => {
  const { builder: b } = call;
  const x = b.cast(call.x, 'float32');
  const factor = (key: string, fallback: number): Value => {
    const list = numbersOf(call.config[key]);
    return list.length > 0 ? b.constant(float32(list)) : b.scalar(call.number(key, fallback), x);
  };
  const scaled = b.mul(x, factor('scale', 1));
  const shifted = call.config.offset !== undefined && call.config.offset !== 0;
  return shifted ? b.add(scaled, factor('offset', 0)) : scaled;
};

/** (x - mean) / max(sqrt(variance), 1e-7), with statistics along one axis or over all. */
const normalization: LayerTranslation = (call) => {
  const { builder: b } = call;
  const x = b.cast(call.x, 'float32');
  const rank = x.shape.length;
  const axes = numbersOf(call.config.axis);
  const axis = (axes[0] ?? call.number('axis', -1)) as number;
  if (axes.length > 1 || (call.config.axis !== null && (axis + rank) % rank !== rank - 1))
    throw call.unsupported(
      `statistics along the axes [${axes.length > 0 ? axes : axis}] have no translation`,
    );
  const statistic = (key: string): Tensor => {
    const given = call.config[key];
    const list = typeof given === 'number' ? [given] : numbersOf([given].flat(4));
    const tensor = list.length > 0 ? float32(list) : call.weight(key);
    return { ...tensor, dims: [sizeOf(tensor.dims)] };
  };
  const mean = statistic('mean');
  const deviation = toNumbers(statistic('variance')).map((v) => Math.max(Math.sqrt(v), 1e-7));
  const centered = b.sub(x, b.weight(`${call.name}/mean`, mean));
  return b.div(centered, b.weight(`${call.name}/deviation`, float32(deviation)));
};

/** As Keras has it, with half-pixel centers: stock tfjs-layers (4.22) lists this layer, but fails to run it. */
const resizing: LayerTranslation = (call) => {
  const size: [number, number] = [call.number('height', 0), call.number('width', 0)];
  const interpolation = call.text('interpolation', 'bilinear');
  if (interpolation !== 'bilinear' && interpolation !== 'nearest')
    throw call.unsupported(`interpolation "${interpolation}" has no translation`);
  if (call.flag('crop_to_aspect_ratio', false))
    throw call.unsupported('crop_to_aspect_ratio has no translation');
  const x = call.builder.cast(call.x, 'float32');
  return resize(call.builder, interpolation, x, size, { halfPixelCenters: true });
};

const centerCrop: LayerTranslation = (call) => {
  const size: [number, number] = [call.number('height', 0), call.number('width', 0)];
  const [, height, width] = call.x.shape;
  if (typeof height !== 'number' || typeof width !== 'number')
    throw call.unsupported(`cropping [${call.x.shape}] needs its size to be known`);
  const before = [height, width].map((from, i) => Math.floor((from - size[i]!) / 2));
  if (before.some((n) => n < 0)) return resize(call.builder, 'bilinear', call.x, size);
  // tfjs-layers never begins a narrower crop at the first column.
  if (width !== size[1] && before[1] === 0) before[1] = 1;
  return size.reduce((y, to, i) => picked(call, y, i + 1, before[i]!, to), call.x);
};

/** `to` positions from `before` on, as tfjs-layers picks them: by a resampling of that part in relative coordinates. */
function picked(call: LayerCall, x: Value, axis: number, before: number, to: number): Value {
  const from = x.shape[axis] as number;
  if (from === to) return x;
  const [start, end] = [before / from, (before + to) / from];
  const step = to > 1 ? ((end - start) * (from - 1)) / (to - 1) : 0;
  const first = to > 1 ? start * (from - 1) : 0.5 * (start + end) * (from - 1);
  const indices = Array.from({ length: to }, (_, i) => Math.min(from - 1, Math.round(first + i * step)));
  return gathered(call.builder, x, indices, axis);
}

function gathered(b: GraphBuilder, x: Value, indices: readonly number[], axis: number): Value {
  return b.gather(x, b.integers(indices), axis);
}

export const PREPROCESSING_LAYERS: readonly (readonly [string, LayerTranslation])[] = [
  ['Rescaling', rescaling],
  ['Normalization', normalization],
  ['Resizing', resizing],
  ['CenterCrop', centerCrop],
];
