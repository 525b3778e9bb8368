/** Models that people use, against stock TensorFlow.js on real images. */
import { rm } from 'node:fs/promises';
import path from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tfjsImporter } from '../../../../adapters/tfjs/index.ts';
import { DISHES, paintPlate } from '../../../../core/cli/demo/plates.ts';
import type { Tensor, ValueInfo } from '../../../../core/graph/index.ts';
import { unpackNsfwjs } from '../nsfwjs.ts';
import { stockFiles } from '../stock.ts';
import { expectSame } from './compare.ts';
import { humanModel } from './human.ts';

let nsfw = '';
beforeAll(() => {
  nsfw = path.join(unpackNsfwjs('mobilenet_v2_mid'), 'model.json');
});
afterAll(async () => {
  await rm(path.dirname(nsfw), { recursive: true, force: true });
});

/** Two painted plates of the input's size, 0..1. */
async function plates({ shape }: ValueInfo): Promise<Tensor> {
  const [, height, width, channels] = shape as [string, number, number, number];
  const images: number[] = [];
  for (const [seed, dish] of DISHES.slice(0, 2).entries()) {
    const image = sharp(await paintPlate(dish, seed, { size: Math.max(96, height) })).resize(width, height);
    const pixels = await (channels === 1 ? image.greyscale() : image).raw().toBuffer();
    for (const pixel of pixels) images.push(pixel / 255);
  }
  return { dtype: 'float32', dims: [2, height, width, channels], data: Float32Array.from(images) };
}

const HUMAN = ['faceres', 'emotion', 'gear', 'gender', 'liveness', 'antispoof'];

describe('translated models give what stock TensorFlow.js gives', () => {
  it.each(['mobilenet_v2_mid', ...HUMAN])('%s', async (name) => {
    const file = name === 'mobilenet_v2_mid' ? nsfw : humanModel(name);
    const { graph, format } = await tfjsImporter.load(file);
    expect(format).toBe('tfjs');
    const feeds = { [graph.inputs[0]!.name]: await plates(graph.inputs[0]!) };
    await expectSame(graph, stockFiles(file), feeds);
    // Images enter with their channels last; everything after is written for channels second.
    const transposes = graph.nodes.filter((node) => node.op === 'Transpose').length;
    expect(transposes).toBeLessThanOrEqual(1);
  });

  it('mobilenet_v2_mid has one Transpose, at its input, and its parameters under their own names', async () => {
    const { graph, inputs, outputs } = await tfjsImporter.load(nsfw);
    expect(inputs).toEqual([{ name: 'input', dtype: 'float32', shape: ['batch', 224, 224, 3] }]);
    expect(outputs).toEqual([{ name: 'Identity', dtype: 'float32', shape: ['batch', 5] }]);
    expect(graph.nodes.filter((node) => node.op === 'Transpose')).toHaveLength(1);
    expect(graph.nodes.filter((node) => node.op === 'Reshape')).toHaveLength(0);
    const conv = graph.nodes.find((node) => node.op === 'Conv')!;
    expect(conv.inputs[1]).toMatch(/MobilenetV2\/Conv\/Conv2D_weights$/);
    expect(graph.typeOf(conv.inputs[1]!)?.shape).toEqual([48, 3, 3, 3]);
  });

  it('mobilenet_v2_mid is translated and agrees with stock TensorFlow.js', async () => {
    const { graph } = await tfjsImporter.load(nsfw);
    const feeds = { [graph.inputs[0]!.name]: await plates(graph.inputs[0]!) };
    await expectSame(graph, stockFiles(nsfw), feeds);
  });
});
