import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { randomStream } from '../../core/data/index.ts';
import { float32, GraphBuilder, int } from '../../core/graph/index.ts';
import { loadModel, type WrapEvent, type WrapOptionsInput, wrap } from '../../core/index.ts';
import { encodeGraph } from '../../core/onnx/index.ts';
import { openSession } from '../../core/runtime/session.ts';
import { colourPlace } from './place.ts';
import { tinyClassifier } from './tiny.ts';

const CLASSES = 5;

/** The tiny classifier with a second head on its features; its first output is the mean of both, as of a distilled DeiT. */
async function twoHeads(): Promise<Uint8Array> {
  const { graph } = await loadModel(tinyClassifier({ classes: CLASSES, logits: true }));
  const b = new GraphBuilder(graph);
  const draw = randomStream(7, 'second head');
  const weight = float32(
    Float32Array.from({ length: 12 * CLASSES }, () => draw.normal()),
    [12, CLASSES],
  );
  const features = b.value(graph.nodes.find(({ op }) => op === 'Gemm')!.inputs[0]!);
  const second = b.op('Gemm', [features, b.weight('second.weight', weight)], { transB: int(0) });
  const [logits] = graph.outputs;
  graph.outputs = [];
  const sum = b.add(b.value(logits!.name), second);
  b.output(b.div(sum, b.scalar(2, sum)), 'mean');
  graph.outputs.push(logits!);
  b.output(second, 'distilled');
  return encodeGraph(graph);
}

const place = await colourPlace(await twoHeads());

const optionsOf = (name: string, extra: WrapOptionsInput = {}): WrapOptionsInput => ({
  out: join(place.root, `${name}.onnx`),
  runFolder: join(place.root, `run-${name}`),
  cacheFolder: join(place.root, 'cache'),
  compare: false,
  classes: 'new',
  training: { epochs: 1, batch: 8 },
  ...extra,
});

describe('a model of two heads and their mean', () => {
  it.each(['frozen', 'full'] as const)('gets its new classes where the heads meet (%s)', async (tune) => {
    const { path } = await wrap(place.model, place.data, optionsOf(tune, { tune })).result;
    const session = await openSession(path);
    const shapes = Object.fromEntries(session.outputs.map(({ name, type }) => [name, type?.shape[1]]));
    await session.close();
    expect(shapes).toEqual({ mean: 3, logits: CLASSES, distilled: CLASSES });
  });

  it('is refused before the training where one head alone is meant, with the outputs to choose from', async () => {
    const options = optionsOf('one', { output: 'distilled' });
    const run = wrap(place.model, place.data, options);
    const events: WrapEvent[] = [];
    const all = (async () => {
      for await (const event of run) events.push(event);
    })();
    await expect(all).rejects.toMatchObject({
      code: 'unsupported-model',
      message: expect.stringContaining('what is made of them for "mean" also reads values'),
      hint: expect.stringContaining('--output, of "mean", "logits", "distilled"'),
    });
    expect(events.map(({ type }) => type)).not.toContain('stage');
    expect(existsSync(options.out!)).toBe(false);
  });
});
