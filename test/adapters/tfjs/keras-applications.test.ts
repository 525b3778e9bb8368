/**
 * Keras applications at their real size, as the official converter writes them (weights drawn; fixtures/keras), against stock
 * TensorFlow.js: its own reading of the model where it can run it, and in any case the graph-model that we write of it.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tfjsImporter } from '../../../adapters/tfjs/index.ts';
import { toGraphModel, writeGraphModel } from '../../../adapters/tfjs/write/index.ts';
import { float32, type Tensor } from '../../../core/graph/index.ts';
import { seededTfjs } from '../../../fixtures/seeded.ts';
import { compare, stockOf } from '../../judges/tfjs-stock.ts';
import { picture, runOnnx, useBackend } from './stock.ts';

const FIXTURES = fileURLToPath(new URL('../../../fixtures/keras', import.meta.url));
const SIDE = 128;

/**
 * Whether stock TensorFlow.js runs it; the reasons against it are in docs/tensorflow.md. The larger ones, whose fixtures are
 * there too, take too long here: test/judges/tfjs-parity.ts has all of them.
 */
const MODELS = [
  ['mobilenet', 'graph', true],
  ['mobilenet', 'layers', false],
  ['mobilenet_v2', 'graph', true],
  ['mobilenet_v2', 'layers', true],
  ['mobilenet_v3', 'graph', true],
  ['mobilenet_v3', 'layers', false],
  ['efficientnet_b0', 'graph', true],
  ['efficientnet_b0', 'layers', false],
  ['densenet121', 'graph', true],
  ['nasnet_mobile', 'graph', true],
] as const;

let folder = '';
beforeAll(async () => {
  await useBackend('wasm');
  folder = mkdtempSync(join(tmpdir(), 'marnet-keras-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('Keras applications', () => {
  it.each(MODELS)('%s as %s-model', { timeout: 60_000 }, async (name, kind, isRun) => {
    const file = join(folder, 'model.json');
    for (const [path, bytes] of Object.entries(seededTfjs(join(FIXTURES, `${name}-${kind}`))))
      writeFileSync(join(folder, path), bytes);
    const { graph } = await tfjsImporter.load(file);
    const input = graph.inputs[0]!.name;
    const image: Tensor = float32(picture(SIDE, SIDE, 3, -1, 1), [1, SIDE, SIDE, 3]);
    const names = graph.outputs.map((output) => output.name);
    const ours = await runOnnx(graph, { [input]: image });
    const mine = names.map((output) => ours[output]!);

    const written = join(folder, 'written');
    const out = writeGraphModel(await toGraphModel(graph), written);
    const judges = [await stockOf(out, 'graph-model', input, names)];
    if (isRun) judges.push(await stockOf(file, `${kind}-model`, input, names));
    for (const stock of judges) {
      const { largest, scale } = compare(mine, await stock(image));
      expect(largest / Math.max(1, scale)).toBeLessThan(1e-4);
    }
    // A network that forgets its input would agree with anything.
    expect(mine.every(({ data }) => new Set(data as Float32Array).size > 5)).toBe(true);
  });
});
