import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadModel } from '../../../../adapters/load.ts';
import { toGraphModel } from '../../../../adapters/tfjs/write/index.ts';
import { float32, type Tensor } from '../../../../core/graph/index.ts';
import { allFixtures } from '../../../../fixtures/index.ts';
import { PACKAGED, scoresOf, temporaryFolder, writeFixture } from '../../../onnx/support.ts';
import { runOnnx, runStock, useBackend } from '../stock.ts';
import { difference, expectSame, loadUnwritten } from './stock.ts';

/** Fixtures that TensorFlow.js cannot run, and what the error says. */
const REFUSED: Readonly<Record<string, RegExp>> = {
  bodies: /\(Loop\) .* no such op/,
  'quantized-operators': /\(QLinearConv\) .* no such op/,
};

const folder = temporaryFolder();
const fixtures = await allFixtures();
beforeAll(() => useBackend('wasm'));

describe('fixtures', () => {
  it.each([...fixtures.keys()].filter((name) => !REFUSED[name]))(
    '%s: stock TensorFlow.js agrees with onnxruntime',
    async (name) => {
      const file = writeFixture(fixtures.get(name)!, path.join(folder, name));
      const { graph } = await loadModel(file);
      const [{ shape }] = graph.inputs as [(typeof graph.inputs)[number]];
      const batch = typeof shape![0] === 'number' ? shape![0] : 2;
      const data = Float32Array.from({ length: batch * 192 }, (_, i) => Math.sin(i * 0.7));
      const stock = await loadUnwritten(await toGraphModel(graph));
      const actual = await runStock(stock, { image: float32(data, [batch, 3, 8, 8]) });
      const expected = await scoresOf(file, batch);
      expect(Object.keys(actual).sort()).toEqual(Object.keys(expected).sort());
      for (const [output, scores] of Object.entries(expected))
        expect(difference(scores, actual[output]!.data), output).toBeLessThan(1e-4);
    },
  );

  const refused = Object.keys(REFUSED);
  it.each(refused)('%s: refused, naming the op', async (name) => {
    const file = writeFixture(fixtures.get(name)!, path.join(folder, name));
    await expect(toGraphModel((await loadModel(file)).graph)).rejects.toThrow(REFUSED[name]!);
  });
});

describe('models that other people trained', () => {
  it.each(PACKAGED.map((file) => [path.basename(path.dirname(file)), path.basename(file), file] as const))(
    '%s/%s',
    async (_, __, file) => {
      const { graph } = await loadModel(file);
      const [input] = graph.inputs as [(typeof graph.inputs)[number]];
      // Some leave their image size open, which a Resize inside does not allow here.
      const open = [2, 3, 64, 96];
      const dims = input.shape!.map((dim, i) => (typeof dim === 'number' ? dim : open[i]!));
      const size = dims.reduce((p, d) => p * d, 1);
      const data = Float32Array.from({ length: size }, (__, i) => Math.sin(i * 0.37) / 2);
      const feeds: Record<string, Tensor> = { [input.name]: float32(data, dims) };
      const stock = await loadUnwritten(await toGraphModel(graph, { size: { height: 64, width: 96 } }));
      expectSame(await runStock(stock, feeds), await runOnnx(graph, feeds), path.basename(file));
    },
  );
});
