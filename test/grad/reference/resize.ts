import { type Array64, at, build, positive } from './array.ts';
import type { Call, Operators } from './operator.ts';

interface Axis {
  readonly from: number;
  readonly to: number;
  readonly scale: number;
  readonly begin: number;
  readonly end: number;
}

const COORDINATES: Readonly<Record<string, (o: number, a: Axis) => number>> = {
  half_pixel: (o, a) => (o + 0.5) / a.scale - 0.5,
  pytorch_half_pixel: (o, a) => (a.to > 1 ? (o + 0.5) / a.scale - 0.5 : 0),
  half_pixel_symmetric: (o, a) => {
    const adjustment = a.to / (a.from * a.scale);
    return (a.from / 2) * (1 - adjustment) + (o + 0.5) / a.scale - 0.5;
  },
  asymmetric: (o, a) => o / a.scale,
  align_corners: (o, a) => (a.to === 1 ? 0 : (o * (a.from - 1)) / (a.to - 1)),
  tf_crop_and_resize: (o, a) =>
    a.to > 1
      ? a.begin * (a.from - 1) + (o * (a.end - a.begin) * (a.from - 1)) / (a.to - 1)
      : 0.5 * (a.begin + a.end) * (a.from - 1),
};

const ROUND: Readonly<Record<string, (x: number) => number>> = {
  floor: Math.floor,
  ceil: Math.ceil,
  round_prefer_floor: (x) => Math.ceil(x - 0.5),
  round_prefer_ceil: (x) => Math.floor(x + 0.5),
};

/** Keys' cubic kernel. */
function keys(call: Call, d: number): number {
  const a = call.float('cubic_coeff_a', -0.75);
  if (Math.abs(d) >= 2) return 0;
  return Math.abs(d) <= 1
    ? (a + 2) * Math.abs(d) ** 3 - (a + 3) * d * d + 1
    : a * Math.abs(d) ** 3 - 5 * a * d * d + 8 * a * Math.abs(d) - 4 * a;
}

/** The kernel drawn out over as many elements as one of the output stands for. */
function smoothed(call: Call, x: number, size: number, scale: number): [place: number, weight: number][] {
  const kernel = (d: number): number =>
    call.text('mode', '') === 'cubic' ? keys(call, d) : Math.max(0, 1 - Math.abs(d));
  const margin = call.int('exclude_outside', 0) ? 0 : Math.ceil(3 / scale);
  const places = Array.from({ length: size + 2 * margin }, (_, i) => i - margin);
  const total = places.reduce((sum, place) => sum + kernel((place - x) * scale), 0);
  return places.map((place) => [Math.min(Math.max(place, 0), size - 1), kernel((place - x) * scale) / total]);
}

/** The positions and weights that output position x of an axis reads. */
function taps(call: Call, x: number, { from: size, scale }: Axis): [place: number, weight: number][] {
  const inside = (i: number): number => Math.min(Math.max(i, 0), size - 1);
  const mode = call.text('mode', 'nearest');
  if (mode === 'nearest') return [[inside(ROUND[call.text('nearest_mode', 'round_prefer_floor')]!(x)), 1]];
  const low = Math.floor(x);
  const s = x - low;
  if (call.int('antialias', 0) && scale < 1) return smoothed(call, x, size, scale);
  if (mode === 'linear')
    return [
      [inside(low), 1 - s],
      [inside(low + 1), s],
    ];
  let all = [-1, 0, 1, 2].map((k): [number, number] => [low + k, keys(call, s - k)]);
  if (call.int('exclude_outside', 0)) {
    all = all.filter(([place]) => place >= 0 && place < size);
    const total = all.reduce((sum, [, w]) => sum + w, 0);
    all = all.map(([place, w]) => [place, w / total]);
  }
  return all.map(([place, w]) => [inside(place), w]);
}

function resize(call: Call): Array64 {
  const { dims } = call.x;
  const axes = call
    .ints(
      'axes',
      dims.map((_, i) => i),
    )
    .map((a) => positive(a, dims.length));
  const scales = call.inputs[2]?.data;
  const sizes = call.inputs[3]?.data;
  const roi = call.inputs[1]?.data;
  const all = dims.map((from, i): Axis => {
    const k = axes.indexOf(i);
    if (k < 0) return { from, to: from, scale: 1, begin: 0, end: 1 };
    const to = sizes ? sizes[k]! : Math.floor(from * scales![k]!);
    const region = roi?.length ? { begin: roi[k]!, end: roi[k + axes.length]! } : { begin: 0, end: 1 };
    return { from, to, scale: sizes ? to / from : scales![k]!, ...region };
  });
  const mode = call.text('coordinate_transformation_mode', 'half_pixel');
  const outside = call.float('extrapolation_value', 0);
  const moves = all.map((a) => a.from !== a.to || mode === 'tf_crop_and_resize');
  return build(
    all.map((a) => a.to),
    (index) => {
      const places = index.map((o, i) => (moves[i] ? COORDINATES[mode]!(o, all[i]!) : o));
      if (mode === 'tf_crop_and_resize' && places.some((x, i) => x < 0 || x > all[i]!.from - 1))
        return outside;
      let terms: { place: number[]; weight: number }[] = [{ place: [], weight: 1 }];
      places.forEach((x, i) => {
        const read = moves[i] ? taps(call, x, all[i]!) : [[x, 1] as [number, number]];
        terms = terms.flatMap((t) =>
          read.map(([p, w]) => ({ place: [...t.place, p], weight: t.weight * w })),
        );
      });
      return terms.reduce((sum, t) => sum + t.weight * at(call.x, t.place), 0);
    },
  );
}

export const RESIZE: Operators = { Resize: resize };
