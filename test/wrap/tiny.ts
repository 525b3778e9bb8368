/** A small classifier and a small data folder that tests of the whole job share. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { randomStream } from '../../core/data/index.ts';
import { fromFloat32, Graph, GraphBuilder, int, ints } from '../../core/graph/index.ts';
import { encodeGraph } from '../../core/onnx/index.ts';

const SIZE = 16;

/**
 * conv 3->8 stride 2, relu, conv 8->12 stride 2, relu, global mean, Gemm, Softmax; seeded weights; those of the Gemm times
 * `scale`. Everything is in `dtype`, and the Softmax is left out where `logits` are wanted; `best` puts an ArgMax in its place.
 */
export function tinyClassifier(
  options: {
    classes?: number;
    opset?: number;
    batch?: number | string;
    scale?: number;
    dtype?: 'float32' | 'float16';
    logits?: boolean;
    best?: boolean;
  } = {},
): Uint8Array {
  const {
    classes = 3,
    opset = 17,
    batch = 'N',
    scale = 1,
    dtype = 'float32',
    logits: bare = false,
    best = false,
  } = options;
  const graph = new Graph();
  graph.opsets.set('', opset);
  const b = new GraphBuilder(graph);
  const draw = randomStream(7, 'tiny');
  const weight = (name: string, dims: number[], times = 1) => {
    const fan = dims.slice(1).reduce((p, d) => p * d, 1);
    const size = dims.reduce((p, d) => p * d, 1);
    const values = Float32Array.from({ length: size }, () => (times * draw.normal()) / Math.sqrt(fan));
    return b.weight(name, fromFloat32(values, dims, dtype));
  };
  const conv = { kernel_shape: ints([3, 3]), strides: ints([2, 2]), pads: ints([1, 1, 1, 1]) };
  const image = b.input('image', dtype, [batch, 3, SIZE, SIZE]);
  const first = b.relu(
    b.op('Conv', [image, weight('conv1.weight', [8, 3, 3, 3]), weight('conv1.bias', [8])], conv),
  );
  const second = b.relu(
    b.op('Conv', [first, weight('conv2.weight', [12, 8, 3, 3]), weight('conv2.bias', [12])], conv),
  );
  const features = b.op('Flatten', [b.op('GlobalAveragePool', [second])], { axis: int(1) });
  const logits = b.op(
    'Gemm',
    [features, weight('fc.weight', [classes, 12], scale), weight('fc.bias', [classes])],
    {
      transB: int(1),
    },
  );
  if (bare) b.output(logits, 'logits');
  else if (best) b.output(b.op('ArgMax', [logits], { axis: int(1), keepdims: int(0) }), 'class');
  else b.output(b.op('Softmax', [logits], { axis: int(1) }), 'probabilities');
  return encodeGraph(graph);
}

const COLOURS: readonly (readonly [string, readonly [number, number, number], string])[] = [
  ['leaf', [60, 170, 70], 'green, plant'],
  ['sky', [80, 130, 220], 'blue, air, wide'],
  ['tomato', [210, 60, 50], 'red, round, plant'],
];

/** Pictures of one colour with noise in a folder with metadata.csv: easy to tell apart, never equal. */
export async function colourFolder(folder: string, perClass = 8, withText = true): Promise<string> {
  await mkdir(folder, { recursive: true });
  const rows = [withText ? 'file_name,label,text' : 'file_name,label'];
  for (const [label, colour, text] of COLOURS) {
    for (let i = 0; i < perClass; i++) {
      const draw = randomStream(3, label, i);
      const pixels = Buffer.from(
        Array.from({ length: 24 * 24 * 3 }, (_, k) =>
          Math.max(0, Math.min(255, colour[k % 3]! + draw.int(90) - 45)),
        ),
      );
      const name = `${label}-${i}.png`;
      await sharp(pixels, { raw: { width: 24, height: 24, channels: 3 } })
        .png()
        .toFile(join(folder, name));
      rows.push(withText ? `${name},${label},"${text}"` : `${name},${label}`);
    }
  }
  await writeFile(join(folder, 'metadata.csv'), `${rows.join('\n')}\n`);
  return folder;
}
