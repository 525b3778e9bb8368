/**
 * The forms of convolution gradients side by side: what core/lower/cost.ts rests on.
 *
 * Milliseconds of processor time on one thread, the least of several runs: unlike wall time, other work on the machine
 * hardly shows in it. Inputs are given in the form that each kernel reads (blocked, channels last), as they are inside
 * a lowered graph. In brackets, GFLOP/s.
 *
 * usage: tsx test/bench/conv-gradient.ts [--batch 8] [--runs 7]
 */
import { parseArgs } from 'node:util';
import Table from 'cli-table3';
import {
  type Attributes,
  float32,
  Graph,
  GraphBuilder,
  int,
  ints,
  sizeOf,
  type Tensor,
  type Value,
} from '../../core/graph/index.ts';
import { openWriting } from '../../core/runtime/writing-session.ts';

const { values } = parseArgs({
  options: { batch: { type: 'string', default: '8' }, runs: { type: 'string', default: '7' } },
});
const [N, RUNS] = [Number(values.batch), Number(values.runs)];
const NCHWC = 'com.microsoft.nchwc';
/** Divides the channels of every case, on AVX2 and AVX-512. */
const BLOCK = 8;

type Inputs = Readonly<Record<string, readonly number[]>>;

async function time(
  inputs: Inputs,
  make: (b: GraphBuilder, v: Record<string, Value>) => Value,
): Promise<number> {
  const graph = new Graph();
  graph.opsets.set('', 21);
  graph.opsets.set(NCHWC, 1);
  const builder = new GraphBuilder(graph);
  const given: Record<string, Value> = {};
  const feeds: Record<string, Tensor> = {};
  for (const [name, dims] of Object.entries(inputs)) {
    given[name] = builder.input(name, 'float32', dims);
    const size = dims.reduce((a, b) => a * b, 1);
    feeds[name] = float32(
      Float32Array.from({ length: size }, (_, i) => Math.sin(i * 12.9898)),
      dims,
    );
  }
  builder.output(make(builder, given));
  const session = await openWriting(graph, { threads: 1 });
  const [output] = graph.outputs;
  const dims = output!.shape as readonly number[];
  const fetches = { [output!.name]: float32(new Float32Array(sizeOf(dims)), dims) };
  let best = Number.POSITIVE_INFINITY;
  for (let run = 0; run < RUNS; run++) {
    const before = process.cpuUsage();
    await session.run(feeds, fetches);
    const { user, system } = process.cpuUsage(before);
    best = Math.min(best, (user + system) / 1000);
  }
  await session.close();
  return best;
}

interface Case {
  readonly from: number;
  readonly to: number;
  readonly size: number;
  readonly kernel: number;
  readonly stride: number;
  readonly depthwise?: boolean;
}

const conv = (from: number, to: number, size: number, kernel: number, stride = 1): Case => ({
  from,
  to,
  size,
  kernel,
  stride,
});
const depthwise = (channels: number, size: number, stride = 1): Case => ({
  ...conv(channels, channels, size, 3, stride),
  depthwise: true,
});

/** The convolutions of resnet18 and mobilenet_v2 that take the most time. */
const CASES: readonly Case[] = [
  conv(3, 64, 224, 7, 2),
  conv(64, 64, 56, 3),
  conv(128, 128, 28, 3),
  conv(256, 256, 14, 3),
  conv(512, 512, 7, 3),
  conv(64, 128, 56, 3, 2),
  conv(64, 128, 56, 1, 2),
  conv(16, 96, 112, 1),
  conv(144, 24, 56, 1),
  conv(384, 64, 14, 1),
  conv(320, 1280, 7, 1),
  depthwise(32, 112),
  depthwise(96, 112, 2),
  depthwise(144, 56),
  depthwise(384, 14),
  depthwise(960, 7),
];

/** Milliseconds by form; the forms that apply to the case. */
async function measure(c: Case): Promise<Record<string, number>> {
  const { from, to, size, kernel, stride } = c;
  const [pad, out] = [kernel >> 1, size / stride];
  const group = c.depthwise ? from : 1;
  const [x, dy, w] = [
    [N, from, size, size],
    [N, to, out, out],
    [to, from / group, kernel, kernel],
  ];
  const window: Attributes = {
    kernel_shape: ints([kernel, kernel]),
    strides: ints([stride, stride]),
    pads: ints([pad, pad, pad, pad]),
    group: int(group),
  };
  const blocked = (b: GraphBuilder, inputs: [Value, Value], attributes: Attributes, shape: number[]): Value =>
    b.op('com.microsoft.nchwc:Conv', inputs, attributes, { types: [{ dtype: 'float32', shape }] });
  const whole = from % BLOCK === 0;
  const result: Record<string, number> = {};

  result['y plain'] = await time({ x, w }, (b, v) => b.op('Conv', [v.x!, v.w!], window));
  if (whole) result['y blocked'] = await time({ x, w }, (b, v) => blocked(b, [v.x!, v.w!], window, dy));

  const open = { ...window, output_padding: ints([stride - 1, stride - 1]) };
  result['dx ConvTranspose'] = await time({ dy, w }, (b, v) => b.op('ConvTranspose', [v.dy!, v.w!], open));
  if (whole && stride === 1) {
    const flipped = [from, to / group, kernel, kernel];
    result['dx blocked'] = await time({ dy, w: flipped }, (b, v) => blocked(b, [v.dy!, v.w!], window, x));
  }

  if (c.depthwise) {
    const images = N * from;
    const swapped = {
      ...window,
      kernel_shape: ints([out, out]),
      strides: ints([1, 1]),
      dilations: ints([stride, stride]),
      group: int(images),
    };
    const positions = size + 2 * pad - ((out - 1) * stride + 1) + 1;
    result['dw as one depthwise'] = await time(
      { x: [1, images, size, size], dy: [images, 1, out, out] },
      (b, v) => blocked(b, [v.x!, v.dy!], swapped, [1, images, positions, positions]),
    );
    const padded = [N, from / BLOCK, size + 2 * pad, size + 2 * pad, BLOCK];
    result['dw slice, mul, sum'] = await time({ x: padded, dy: [N, from / BLOCK, out, out, BLOCK] }, (b, v) =>
      b.concat(
        taps(b, v.x!, 2, kernel, stride, out).map((tap) => b.reduceSum(b.mul(tap, v.dy!), [0, 2, 3])),
        0,
      ),
    );
    return result;
  }
  const swapped = {
    ...window,
    kernel_shape: ints([out, out]),
    strides: ints([1, 1]),
    dilations: ints([stride, stride]),
  };
  result['dw as convolution'] = await time({ x: [from, N, size, size], dy: [to, N, out, out] }, (b, v) =>
    b.op('Conv', [v.x!, v.dy!], swapped),
  );
  const last = [N, size + 2 * pad, size + 2 * pad, from];
  const rows = N * out * out;
  const tapRows = (b: GraphBuilder, v: Value): Value[] =>
    taps(b, v, 1, kernel, stride, out).map((tap) => b.reshape(tap, [rows, from]));
  result['dw products'] = await time({ x: last, dy: [to, rows] }, (b, v) =>
    b.concat(
      tapRows(b, v.x!).map((tap) => b.matMul(v.dy!, tap)),
      0,
    ),
  );
  result['dw transposed Gemm'] = await time({ x: last, dy: [rows, to] }, (b, v) =>
    b.concat(
      tapRows(b, v.x!).map((tap) => b.op('Gemm', [tap, v.dy!], { transA: int(1) })),
      0,
    ),
  );
  result['dw products an image'] = await time({ x: last, dy: [N, to, out * out] }, (b, v) =>
    b.concat(
      tapRows(b, v.x!).map((tap) => b.reduceSum(b.matMul(v.dy!, b.reshape(tap, [N, out * out, from])), [0])),
      0,
    ),
  );
  result['dw columns'] = await time({ x: last, dy: [rows, to] }, (b, v) =>
    b.op('Gemm', [v.dy!, b.concat(tapRows(b, v.x!), 1)], { transA: int(1) }),
  );
  return result;
}

/** What each kernel position meets, along two axes from `axis` on. */
function taps(b: GraphBuilder, x: Value, axis: number, kernel: number, stride: number, out: number): Value[] {
  const reach = (out - 1) * stride + 1;
  return Array.from({ length: kernel * kernel }, (_, k) => {
    const at = [Math.floor(k / kernel), k % kernel];
    const ends = at.map((i) => i + reach);
    return b.slice(x, at, ends, [axis, axis + 1], [stride, stride]);
  });
}

for (const c of CASES) {
  const { from, to, size, kernel, stride } = c;
  const flops = (2 * N * (size / stride) ** 2 * from * to * kernel ** 2) / (c.depthwise ? from : 1);
  const table = new Table({
    head: [
      `${from} -> ${to}, ${size}x${size}, ${kernel}x${kernel}${stride > 1 ? ` stride ${stride}` : ''}`,
      'ms',
      'GFLOP/s',
    ],
  });
  for (const [form, ms] of Object.entries(await measure(c)))
    table.push([form, ms.toFixed(1), (flops / ms / 1e6).toFixed(0)]);
  console.log(table.toString());
}
