import {
  type Array64,
  array,
  at,
  atBroadcast,
  broadcastDims,
  build,
  forEachIndex,
  offsetOf,
  positive,
  sizeOf,
} from './array.ts';
import type { Call, Operators } from './operator.ts';

function reshape(call: Call): Array64 {
  const { dims, data } = call.x;
  const shape = (call.list('shape', 1) ?? []).map((d, i) => (d === 0 ? dims[i]! : d));
  const fixed = sizeOf(shape.filter((d) => d >= 0));
  return array(
    shape.map((d) => (d === -1 ? data.length / fixed : d)),
    data,
  );
}

function concat(call: Call): Array64 {
  const axis = positive(call.int('axis', 0), call.x.dims.length);
  const parts = call.inputs.map((_, i) => call.input(i));
  const total = parts.reduce((sum, part) => sum + part.dims[axis]!, 0);
  return build(
    call.x.dims.map((d, i) => (i === axis ? total : d)),
    (index) => {
      let place = index[axis]!;
      const part = parts.find((p) => {
        if (place < p.dims[axis]!) return true;
        place -= p.dims[axis]!;
        return false;
      })!;
      return at(
        part,
        index.map((n, i) => (i === axis ? place : n)),
      );
    },
  );
}

function split(call: Call): Array64[] {
  const { dims } = call.x;
  const axis = positive(call.int('axis', 0), dims.length);
  const count = call.outputCount;
  const chunk = Math.ceil(dims[axis]! / count);
  const sizes =
    call.list('split', 1) ??
    Array.from({ length: count }, (_, i) => Math.min(chunk, dims[axis]! - i * chunk));
  let start = 0;
  return sizes.map((size) => {
    const offset = start;
    start += size;
    return build(
      dims.map((d, i) => (i === axis ? size : d)),
      (index) =>
        at(
          call.x,
          index.map((n, i) => (i === axis ? n + offset : n)),
        ),
    );
  });
}

function slice(call: Call): Array64 {
  const { dims } = call.x;
  const [starts, ends] = [call.list('starts', 1)!, call.list('ends', 2)!];
  const axes = (call.list('axes', 3) ?? starts.map((_, i) => i)).map((a) => positive(a, dims.length));
  const steps = call.list('steps', 4) ?? starts.map(() => 1);
  /** The positions that Python's slice would pick, by axis. */
  const picks = dims.map((d) => Array.from({ length: d }, (_, i) => i));
  axes.forEach((axis, k) => {
    const [size, step] = [dims[axis]!, steps[k]!];
    const wrap = (n: number) => (n < 0 ? n + size : n);
    const picked: number[] = [];
    if (step > 0) {
      const end = Math.min(wrap(ends[k]!), size);
      for (let p = Math.max(0, wrap(starts[k]!)); p < end; p += step) picked.push(p);
    } else {
      const end = Math.max(wrap(ends[k]!), -1);
      for (let p = Math.min(wrap(starts[k]!), size - 1); p > end; p += step) picked.push(p);
    }
    picks[axis] = picked;
  });
  return build(
    picks.map((p) => p.length),
    (index) =>
      at(
        call.x,
        index.map((n, i) => picks[i]![n]!),
      ),
  );
}

function gather(call: Call): Array64 {
  const [x, indices] = [call.x, call.input(1)];
  const axis = positive(call.int('axis', 0), x.dims.length);
  const rank = indices.dims.length;
  return build([...x.dims.slice(0, axis), ...indices.dims, ...x.dims.slice(axis + 1)], (index) => {
    const row = positive(at(indices, index.slice(axis, axis + rank)), x.dims[axis]!);
    return at(x, [...index.slice(0, axis), row, ...index.slice(axis + rank)]);
  });
}

function source(mode: string, p: number, n: number): number | undefined {
  if (p >= 0 && p < n) return p;
  if (mode === 'constant') return undefined;
  if (mode === 'edge') return p < 0 ? 0 : n - 1;
  if (mode === 'wrap') return source(mode, p < 0 ? p + n : p - n, n);
  return source(mode, p < 0 ? -p : 2 * (n - 1) - p, n);
}

function pad(call: Call): Array64 {
  const { dims } = call.x;
  const given = call.list('pads', 1)!;
  const axes = (call.list('axes', 3) ?? dims.map((_, i) => i)).map((a) => positive(a, dims.length));
  const [before, after] = [dims.map(() => 0), dims.map(() => 0)];
  axes.forEach((axis, i) => {
    before[axis] = given[i]!;
    after[axis] = given[i + axes.length]!;
  });
  const fill = call.inputs[2]?.data[0] ?? 0;
  const mode = call.text('mode', 'constant');
  // What negative margins leave, which the others are made of.
  const cut = before.map((n) => Math.max(0, -n));
  const left = dims.map((d, i) => d - cut[i]! - Math.max(0, -after[i]!));
  return build(
    dims.map((d, i) => d + before[i]! + after[i]!),
    (index) => {
      const place = index.map((n, i) => source(mode, n - Math.max(0, before[i]!), left[i]!));
      if (place.includes(undefined)) return fill;
      return at(
        call.x,
        place.map((n, i) => n! + cut[i]!),
      );
    },
  );
}

/** The middle of x, in the middle of zeros. */
function centerCropPad(call: Call): Array64 {
  const { dims } = call.x;
  const sizes = call.list('shape', 1)!;
  const axes = call
    .ints(
      'axes',
      dims.map((_, i) => i),
    )
    .map((a) => positive(a, dims.length));
  const wanted = dims.map((d, i) => (axes.includes(i) ? sizes[axes.indexOf(i)]! : d));
  return build(wanted, (index) => {
    const place = index.map((n, i) => {
      const more = wanted[i]! - dims[i]!;
      return n - (more > 0 ? Math.floor(more / 2) : -Math.floor(-more / 2));
    });
    return place.every((n, i) => n >= 0 && n < dims[i]!) ? at(call.x, place) : 0;
  });
}

/** Blocks [n, channels * taps, blocks] put back in an image, where they add up. */
function col2Im(call: Call): Array64 {
  const image = Array.from(call.input(1).data);
  const kernel = Array.from(call.input(2).data);
  const ones = kernel.map(() => 1);
  const [strides, dilations] = [call.ints('strides', ones), call.ints('dilations', ones)];
  const pads = call.ints('pads', [...ones, ...ones].fill(0));
  const counts = image.map((size, i) => {
    const extent = dilations[i]! * (kernel[i]! - 1) + 1;
    return Math.floor((size + pads[i]! + pads[i + image.length]! - extent) / strides[i]!) + 1;
  });
  const [n, rows] = call.x.dims as [number, number];
  const taps = sizeOf(kernel);
  const y = array([n, rows / taps, ...image], new Float64Array(n * (rows / taps) * sizeOf(image)));
  forEachIndex([n, rows / taps, ...kernel, ...counts], (index, flat) => {
    const tap = index.slice(2, 2 + image.length);
    const block = index.slice(2 + image.length);
    const place = image.map((_, i) => block[i]! * strides[i]! + tap[i]! * dilations[i]! - pads[i]!);
    if (place.every((p, i) => p >= 0 && p < image[i]!))
      y.data[offsetOf(y.dims, [...index.slice(0, 2), ...place])]! += call.x.data[flat]!;
  });
  return y;
}

function transpose(call: Call): Array64 {
  const { dims } = call.x;
  const perm = call.ints(
    'perm',
    dims.map((_, i) => dims.length - 1 - i),
  );
  return build(
    perm.map((p) => dims[p]!),
    (index) =>
      at(
        call.x,
        dims.map((_, i) => index[perm.indexOf(i)]!),
      ),
  );
}

export const LAYOUT: Operators = {
  Reshape: reshape,
  Concat: concat,
  Split: split,
  Slice: slice,
  Gather: gather,
  Pad: pad,
  CenterCropPad: centerCropPad,
  Transpose: transpose,
  Col2Im: col2Im,
  DepthToSpace: (call) => {
    const [n, channels, height, width] = call.x.dims as [number, number, number, number];
    const block = call.int('blocksize', 1);
    const depth = channels / block ** 2;
    const columnFirst = call.text('mode', 'DCR') === 'CRD';
    return build([n, depth, height * block, width * block], ([i, c, y, x]) => {
      const place = (y! % block) * block + (x! % block);
      const channel = columnFirst ? c! * block ** 2 + place : place * depth + c!;
      return at(call.x, [i!, channel, Math.floor(y! / block), Math.floor(x! / block)]);
    });
  },
  SpaceToDepth: (call) => {
    const [n, channels, height, width] = call.x.dims as [number, number, number, number];
    const block = call.int('blocksize', 1);
    return build([n, channels * block ** 2, height / block, width / block], ([i, c, y, x]) => {
      const place = Math.floor(c! / channels);
      const [dy, dx] = [Math.floor(place / block), place % block];
      return at(call.x, [i!, c! % channels, y! * block + dy, x! * block + dx]);
    });
  },
  Trilu: (call) => {
    const k = call.inputs[1]?.data[0] ?? 0;
    const upper = call.int('upper', 1) === 1;
    return build(call.x.dims, (index) => {
      const diagonal = index.at(-1)! - index.at(-2)!;
      return (upper ? diagonal >= k : diagonal <= k) ? at(call.x, index) : 0;
    });
  },
  ReverseSequence: (call) => {
    const [batch, time] = [call.int('batch_axis', 1), call.int('time_axis', 0)];
    return build(call.x.dims, (index) => {
      const length = call.input(1).data[index[batch]!]!;
      const t = index[time]!;
      return at(
        call.x,
        index.map((n, i) => (i === time && t < length ? length - 1 - t : n)),
      );
    });
  },
  Flatten: (call) => {
    const { x } = call;
    const axis = positive(call.int('axis', 1), x.dims.length);
    return array([sizeOf(x.dims.slice(0, axis)), sizeOf(x.dims.slice(axis))], x.data);
  },
  Squeeze: (call) => {
    const { dims, data } = call.x;
    const axes = call.list('axes', 1)?.map((a) => positive(a, dims.length));
    return array(
      dims.filter((d, i) => (axes ? !axes.includes(i) : d !== 1)),
      data,
    );
  },
  Unsqueeze: (call) => {
    const given = call.list('axes', 1)!;
    const rank = call.x.dims.length + given.length;
    const axes = given.map((a) => positive(a, rank));
    const rest = [...call.x.dims];
    return array(
      Array.from({ length: rank }, (_, i) => (axes.includes(i) ? 1 : rest.shift()!)),
      call.x.data,
    );
  },
  Expand: (call) =>
    build(broadcastDims(call.x.dims, Array.from(call.input(1).data)), (index) => atBroadcast(call.x, index)),
  Tile: (call) =>
    build(
      call.x.dims.map((d, i) => d * call.input(1).data[i]!),
      (index) =>
        at(
          call.x,
          index.map((n, i) => n % call.x.dims[i]!),
        ),
    ),
};
