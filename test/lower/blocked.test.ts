/**
 * Whole small networks, lowered to the blocked layout, against the same networks lowered to plain ONNX without any
 * folding, whose pieces the other tests compare with loops in double precision.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { int, ints, type Value } from '../../core/graph/index.ts';
import { packedShape, packWeights, unpackWeights } from '../../core/lower/index.ts';
import { machineBlock } from './block.ts';
import { largestDifference, Network, runStep } from './network.ts';

let block = 1;
beforeAll(async () => {
  block = await machineBlock();
  if (block === 1) console.log('no blocked kernels on this machine: the plain forms are compared instead');
});

const pool = (
  n: Network,
  x: Value,
  op: 'MaxPool' | 'AveragePool',
  kernel: number,
  stride: number,
  pad: number,
): Value =>
  n.builder.op(op, [x], {
    kernel_shape: ints([kernel, kernel]),
    strides: ints([stride, stride]),
    pads: ints([pad, pad, pad, pad]),
  });

/** Each returns what is classified; b is the block, so that channels divide on every machine. */
const NETWORKS: Readonly<Record<string, (n: Network, image: Value, b: number) => Value>> = {
  'residual, with a strided shortcut': (n, image, b) => {
    const stem = pool(n, n.builder.relu(n.conv(image, b, 7, 2)), 'MaxPool', 3, 2, 1);
    const inner = n.conv(n.builder.relu(n.conv(stem, b, 3)), b, 3);
    const first = n.builder.relu(n.builder.add(inner, stem));
    const second = n.conv(n.builder.relu(n.conv(first, 2 * b, 3, 2)), 2 * b, 3);
    return n.builder.relu(n.builder.add(second, n.conv(first, 2 * b, 1, 2)));
  },
  'inverted residuals, depthwise 3x3 and 5x5': (n, image, b) => {
    const stem = n.relu6(n.conv(image, b, 3, 2));
    const wide = n.relu6(n.conv(n.relu6(n.conv(stem, 2 * b, 1)), 2 * b, 3, 1, 2 * b));
    const first = n.builder.add(stem, n.conv(wide, b, 1));
    const strided = n.relu6(n.conv(n.relu6(n.conv(first, 2 * b, 1)), 2 * b, 5, 2, 2 * b));
    return n.conv(strided, 2 * b, 1);
  },
  'squeeze and excitation, hard swish': (n, image, b) => {
    const x = n.builder.op('HardSwish', [n.conv(image, 2 * b, 3, 2)]);
    const squeezed = n.builder.relu(n.conv(n.builder.op('GlobalAveragePool', [x]), b, 1));
    const gate = n.builder.op('HardSigmoid', [n.conv(squeezed, 2 * b, 1)]);
    return n.builder.mul(x, gate);
  },
  'swish, with squeeze and excitation': (n, image, b) => {
    const x = n.conv(image, 2 * b, 3, 2);
    const swish = n.builder.mul(x, n.builder.sigmoid(x));
    const gate = n.conv(n.builder.op('GlobalAveragePool', [swish]), 2 * b, 1);
    return n.builder.mul(n.builder.sigmoid(gate), swish);
  },
  'branches joined, ceil mode, sigmoid gate': (n, image, b) => {
    const stem = n.builder.relu(n.conv(image, b, 3, 2));
    const pooled = n.builder.op('MaxPool', [stem], {
      kernel_shape: ints([3, 3]),
      strides: ints([2, 2]),
      ceil_mode: int(1),
    });
    const squeeze = n.builder.relu(n.conv(pooled, b, 1));
    const left = n.builder.relu(n.conv(squeeze, b, 1));
    const right = n.builder.relu(n.conv(squeeze, 2 * b, 3));
    const joined = n.builder.concat([left, right], 1);
    return n.builder.mul(joined, n.builder.sigmoid(joined));
  },
  'average pooling, channels that are no whole blocks': (n, image, b) => {
    const stem = pool(n, n.builder.relu(n.conv(image, b, 3)), 'AveragePool', 3, 2, 1);
    const odd = n.builder.relu(n.conv(stem, b + 4, 3));
    const other = n.builder.add(odd, n.conv(odd, b + 4, 1));
    const strided = n.builder.relu(n.conv(other, b + 12, 3, 2));
    return n.builder.relu(n.conv(n.builder.sigmoid(strided), b, 3, 1, 1));
  },
  'normalization before activation, grouped convolution': (n, image, b) => {
    const stem = n.builder.add(n.conv(image, 4 * b, 3, 2), n.conv(image, 4 * b, 1, 2));
    const grouped = n.conv(n.builder.relu(n.batchNorm(stem, 4 * b)), 4 * b, 3, 1, 2);
    return n.builder.op('LeakyRelu', [grouped]);
  },
};

describe('blocked layout', () => {
  it.each(Object.entries(NETWORKS))('%s', async (_, make) => {
    // Images that fill blocks take another path through the weights' gradients, and so do those that fill them in slabs.
    for (const [batch, size] of [
      [3, 16],
      [3, 19],
      [Math.max(block, 8), 16],
      [2 * Math.max(block, 8), 19],
      [Math.max(block, 8) / 2, 16],
      [Math.max(block, 8) / 2, 19],
      [Math.max(block, 8) / 4, 27],
    ] as const) {
      const network = new Network();
      const image = network.input('image', [batch, 3, size, size]);
      const loss = network.classify(make(network, image, Math.max(block, 8)), 5);
      const plain = await runStep(network, loss, 'portable');
      const folded = await runStep(network, loss, 'portable', { fold: true });
      const cpu = await runStep(network, loss, 'cpu', { fold: true });
      const blocked = await runStep(network, loss, 'cpu', { fold: true, block });
      const packed = await runStep(network, loss, 'cpu', { fold: true, block, pack: true });
      for (const other of [folded, cpu, blocked, packed])
        expect(largestDifference(other, plain)).toBeLessThan(2e-5);
    }
  });

  it('cuts images so large that their gradients leave the cache', async () => {
    if (block === 1) return console.log('not checked: no blocked kernels on this machine');
    // dy of 64 filters in one slab: 64 * 16 * 43 * 41 floats, 7 MB.
    const network = new Network();
    const image = network.input('image', [block, 3, 43, 41]);
    const stem = network.builder.relu(network.conv(image, 4 * block, 3));
    const strided = network.conv(network.builder.relu(network.conv(stem, 4 * block, 3)), block, 3, 2);
    const loss = network.classify(strided, 5);
    const plain = await runStep(network, loss, 'portable');
    const blocked = await runStep(network, loss, 'cpu', { fold: true, block });
    expect(largestDifference(blocked, plain)).toBeLessThan(2e-5);
    const images = blocked.graph.nodes
      .filter((node) => node.op === 'Conv')
      .map((node) => blocked.graph.typeOf(node.inputs[1]!)!.shape![1]);
    // Slabs count as images, and there are more of them where blocks have 16 channels.
    expect(Math.max(...(images as number[])) > 4 * block).toBe(block === 16);
  });

  it('fills blocks with zeros where channels do not', async () => {
    if (block === 1) return console.log('not checked: no blocked kernels on this machine');
    const network = new Network();
    const image = network.input('image', [2, 3, 16, 16]);
    const make = NETWORKS['average pooling, channels that are no whole blocks']!;
    const loss = network.classify(make(network, image, block), 5);
    const { graph } = await runStep(network, loss, 'cpu', { fold: true, block });
    const plain = graph.nodes.filter((node) => node.op === 'Conv' && node.domain === '');
    // What is left are gradients of weights.
    const forward = plain.filter(({ inputs }) => graph.typeOf(inputs[0]!)!.shape![0] === 2);
    expect(forward.map(({ name }) => name)).toEqual([]);
  });

  it('packs the weights of plain convolutions alone', async () => {
    if (block === 1) return console.log('not checked: no blocked kernels on this machine');
    const network = new Network();
    const image = network.input('image', [2, 3, 16, 16]);
    const make = NETWORKS['inverted residuals, depthwise 3x3 and 5x5']!;
    const loss = network.classify(make(network, image, block), 5);
    const { packed, graph } = await runStep(network, loss, 'cpu', { fold: true, block, pack: true });
    const shapes = [...packed].map((name) => network.feeds[name]!.dims);
    expect(shapes.length).toBe(4);
    for (const [filters, channels, ...kernel] of shapes) {
      expect([filters! % block, channels! % block]).toEqual([0, 0]);
      expect(kernel).toEqual([1, 1]);
    }
    const name = [...packed][0]!;
    expect(graph.inputs.find((i) => i.name === name)!.shape).toEqual(packedShape(shapes[0]!, block));
  });

  it('packing is undone exactly', () => {
    const dims = [16, 24, 3, 2];
    const data = Float32Array.from({ length: 16 * 24 * 6 }, (_, i) => i);
    const packed = packWeights(data, dims, 8);
    expect(unpackWeights(packed, dims, 8)).toEqual(data);
    // [m, c, i, j] = [9, 17, 1, 0] lies at block (1, 2), tap 2, channel 1, filter 1.
    const [, channels, taps] = packedShape(dims, 8) as [number, number, number];
    expect(packed[(((1 * channels + 2) * taps + 2) * 8 + 1) * 8 + 1]).toBe(((9 * 24 + 17) * 3 + 1) * 2);
  });

  it('leaves no conversion between convolutions, and no activation of its own', async () => {
    if (block === 1) return console.log('not checked: no blocked kernels on this machine');
    const network = new Network();
    const image = network.input('image', [2, 3, 16, 16]);
    const make = NETWORKS['inverted residuals, depthwise 3x3 and 5x5']!;
    const loss = network.classify(make(network, image, block), 5);
    const { graph } = await runStep(network, loss, 'cpu', { fold: true, block });
    const count = (op: string): number => graph.nodes.filter((node) => node.op === op).length;
    expect(count('Clip')).toBe(0);
    expect(count('BatchNormalization')).toBe(0);
    expect(count('ConvTranspose')).toBe(0);
    const activations = new Set(graph.nodes.filter((n) => n.op === 'ReorderInput').map((n) => n.inputs[0]!));
    const images = [...activations]
      .map((name) => graph.typeOf(name)!.shape!)
      .filter((s) => s[0] === 2 && s[2] !== 1);
    expect(images).toEqual([]);
  });
});
