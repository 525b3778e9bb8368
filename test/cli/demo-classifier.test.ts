import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadModel } from '../../adapters/load.ts';
import { SHIPPED_CLASSIFIER } from '../../core/cli/demo/classifier.ts';
import { BASE_DISHES, writeDishes } from '../../core/cli/demo/plates.ts';
import { loadDataset } from '../../core/data/index.ts';
import { locateFeatures } from '../../core/locate/index.ts';
import { classifyImages, largest } from '../../core/wrap/classify.ts';

describe('the classifier that the demo starts from', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'base-dishes-'));
    // A seed that its training never used.
    await writeDishes(folder, { dishes: BASE_DISHES, perDish: { train: 0, holdout: 6 }, seed: 990 });
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('is under 400 KB and knows its labels, its preprocessing and its feature layer', async () => {
    expect((await stat(SHIPPED_CLASSIFIER)).size).toBeLessThan(400_000);
    const model = await loadModel(SHIPPED_CLASSIFIER);
    expect([...model.labels!].sort()).toEqual(BASE_DISHES.map((dish) => dish.name).sort());
    expect(model.preprocess).toMatchObject({ width: 96, height: 96, channels: 'RGB', layout: 'NCHW' });
    expect(model.inputs[0]!.shape![0]).toBe('batch');
    const site = locateFeatures(model)[0]!;
    expect([site.value, site.width, site.classifier.logits]).toEqual(['features', 64, 'logits']);
  });

  it('recognises dishes that were painted after it was trained', async () => {
    const model = await loadModel(SHIPPED_CLASSIFIER);
    const { samples, classes } = await loadDataset(folder, { purpose: 'evaluate', classes: model.labels! });
    let right = 0;
    for await (const { position, probabilities } of classifyImages(model, samples, {
      preprocess: model.preprocess!,
    }))
      if (classes[samples[position]!.label] === model.labels![largest(probabilities, 1)[0]!]) right++;
    // 95 % on a large set; three standard errors below it at this size.
    expect(right / samples.length).toBeGreaterThan(0.87);
  });
});
