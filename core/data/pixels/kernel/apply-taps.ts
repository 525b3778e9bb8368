/**
 * The two passes of resampling in WebAssembly, four values at a time: 320 x 320 to 224 x 224 of 256 x 256 takes less than a third
 * of what JavaScript takes.
 */
import type { Pixels } from '../pixels.ts';
import type { Taps } from '../taps.ts';
import { MemoryPlan, pixelKernels } from './kernels.ts';

/** [rows, columns, 3]: each pixel the sum of pixels of the image in the shares of its column, then of its row. */
export function applyTaps(image: Pixels, columns: Taps, rows: Taps): Uint8Array<ArrayBuffer> {
  const [width, height] = [columns.first.length, rows.first.length];
  const [fromStride, length] = [3 * image.width, 3 * width];
  const few = columns.each <= FEW;
  // With room behind a row where its outputs are not written in their order.
  const stride = few ? length + 1 : length;
  // Rows that none is made of are left out.
  const top = rows.first[0]!;
  const bottom = rows.first[height - 1]! + rows.each;
  const source = image.data.subarray(fromStride * top, fromStride * bottom);
  const pairsEach = few ? FEW / 2 : Math.ceil(columns.each / 2);
  const pairs = pairsOf(columns, pairsEach);
  const plan = new MemoryPlan();
  const columnOffsets = plan.place(4 * width);
  const columnShares = plan.place(4 * pairs.length);
  const rowOffsets = plan.place(4 * height);
  const rowShares = plan.place(4 * rows.shares.length);
  const from = plan.place(source.length);
  const between = plan.place(stride * (bottom - top));
  const to = plan.place(length * height);

  const { buffer, alongRows, alongRowsOfFour, alongColumns } = pixelKernels(plan);
  new Int32Array(buffer, columnOffsets, width).set(columns.first.map((x) => 3 * x));
  new Int32Array(buffer, columnShares).set(pairs);
  new Int32Array(buffer, rowOffsets, height).set(rows.first.map((y) => stride * (y - top)));
  new Int32Array(buffer, rowShares).set(rows.shares);
  new Uint8Array(buffer, from).set(source);
  if (few)
    for (let y = top; y < bottom; y += ROWS)
      alongRowsOfFour(
        from + fromStride * (y - top),
        fromStride,
        Math.min(ROWS, bottom - y),
        columnOffsets,
        columnShares,
        width,
        between + stride * (y - top),
        stride,
      );
  else alongRows(from, fromStride, bottom - top, columnOffsets, columnShares, pairsEach, width, between);
  alongColumns(between, stride, length, rowOffsets, rowShares, rows.each, height, to);
  return new Uint8Array(buffer, to, length * height).slice();
}

/** Pixels that an output is made of, at most, where outputs are taken one by one: bilinear where a side shrinks by less than half. */
const FEW = 4;
/** Rows that outputs are taken along at a time: few enough that these stay in a core's first cache. */
const ROWS = 64;

/** Bits of a share's low part. */
const LOW_BITS = 11;
const LOW = 2 ** LOW_BITS - 1;

const known = new WeakMap<Taps, Int32Array>();

/** Shares as `alongRows` takes them, `count` pairs an output: of two pixels the high parts, 16 bits each, then the low ones. */
function pairsOf(taps: Taps, count: number): Int32Array {
  let pairs = known.get(taps);
  if (!pairs) {
    pairs = makePairs(taps, count);
    known.set(taps, pairs);
  }
  return pairs;
}

function makePairs({ first, shares, each }: Taps, count: number): Int32Array {
  const pairs = new Int32Array(first.length * 2 * count);
  const share = (i: number, k: number): number => (k < each ? shares[i * each + k]! : 0);
  let to = 0;
  for (let i = 0; i < first.length; i++)
    for (let k = 0; k < 2 * count; k += 2) {
      const [one, other] = [share(i, k), share(i, k + 1)];
      pairs[to++] = ((one >> LOW_BITS) & 0xffff) | ((other >> LOW_BITS) << 16);
      pairs[to++] = (one & LOW) | ((other & LOW) << 16);
    }
  return pairs;
}
