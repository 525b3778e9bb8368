import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadModel } from '../../../adapters/load.ts';
import { imageBatches, type Preprocess } from '../../../core/data/index.ts';
import { MarnetError } from '../../../core/errors.ts';
import type { Model } from '../../../core/model.ts';
import { imageInput } from '../../../core/runtime/image-input.ts';
import { imageTensor } from '../../../core/runtime/image-tensor.ts';
import { openEditedLanes, runImages } from '../../../core/runtime/images/index.ts';
import { openImageLanes } from '../../../core/runtime/images/lanes.ts';
import { openEdited } from '../../../core/runtime/open-model.ts';
import { usualPreprocess } from '../../../core/wrap/preprocess/resolve.ts';
import { colourFolder, tinyClassifier } from '../../wrap/tiny.ts';

const folder = mkdtempSync(join(tmpdir(), 'marnet-lanes-'));
let files: string[];

beforeAll(async () => {
  await colourFolder(folder, 30);
  files = readdirSync(folder)
    .filter((name) => name.endsWith('.png'))
    .sort()
    .map((name) => join(folder, name));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** How many images there are said to be, where threads are to run them. */
const MANY = 1000;

async function probabilities(
  model: Model,
  images: readonly string[],
  said: number,
): Promise<Map<number, number[]>> {
  const lanes = await openEditedLanes(model, model.graph, {
    preprocess: usualPreprocess(model),
    images: said,
  });
  const found = new Map<number, number[]>();
  try {
    for await (const { indices, outputs } of runImages(lanes, images)) {
      const { data } = outputs.probabilities!;
      for (const [row, index] of indices.entries())
        found.set(index, Array.from((data as Float32Array).subarray(row * 3, row * 3 + 3)));
    }
  } finally {
    await lanes.close();
  }
  return found;
}

/** One image a run through one session. */
async function oneByOne(
  model: Model,
  images: readonly string[],
  preprocess: Preprocess,
): Promise<number[][]> {
  const input = imageInput(model.graph);
  const session = await openEdited(model, model.graph);
  const rows: number[][] = [];
  for await (const { data } of imageBatches(images, preprocess, { batch: 1 })) {
    const outputs = await session.run({ [input.name]: imageTensor(input, data, 1, preprocess) });
    rows.push(Array.from(outputs.probabilities!.data as Float32Array));
  }
  await session.close();
  return rows;
}

describe('lanes', () => {
  it.each([
    ['threads of their own', 90, MANY, 'N'],
    ['the main thread, for few images', 10, 10, 'N'],
    ['a model that fixes its batch', 90, MANY, 7],
  ])('give each image what a single run gives it: %s', async (_, count, said, batch) => {
    const model = await loadModel(tinyClassifier({ batch }));
    const found = await probabilities(model, files.slice(0, count), said);
    const open = await loadModel(tinyClassifier());
    const expected = await oneByOne(open, files.slice(0, count), usualPreprocess(open));
    expect([...found.keys()]).toEqual([...expected.keys()]);
    for (const [index, row] of expected.entries())
      for (const [c, value] of row.entries()) expect(found.get(index)![c]).toBeCloseTo(value, 5);
  });

  it('leave out what cannot be decoded, and say where it was', async () => {
    const broken = join(folder, 'broken.png');
    writeFileSync(broken, 'no picture');
    const model = await loadModel(tinyClassifier());
    const images = [...files.slice(0, 40), broken, ...files.slice(40, 80)];
    const lanes = await openEditedLanes(model, model.graph, {
      preprocess: usualPreprocess(model),
      images: MANY,
    });
    const run = runImages(lanes, images);
    const seen: number[] = [];
    for await (const { indices } of run) seen.push(...indices);
    await lanes.close();
    expect(seen).toEqual([...images.keys()].filter((i) => i !== 40));
    expect(run.skipped).toMatchObject([{ position: 40, id: broken }]);
  });

  it('raise the error of a graph that a thread cannot open', async () => {
    const model = await loadModel(tinyClassifier());
    const opening = openImageLanes({
      source: new Uint8Array([1, 2, 3]),
      input: imageInput(model.graph),
      preprocess: usualPreprocess(model),
      bytes: 3,
      images: MANY,
    });
    await expect(opening).rejects.toThrowError(MarnetError);
    await expect(opening).rejects.toMatchObject({ code: 'runtime' });
  });

  it('raise the error of a run, and close after it', async () => {
    const model = await loadModel(tinyClassifier());
    const preprocess = { ...usualPreprocess(model), width: 12 }; // the classifier's size is fixed at 16
    const lanes = await openEditedLanes(model, model.graph, { preprocess, images: MANY });
    const consume = async (): Promise<void> => {
      for await (const _ of runImages(lanes, files));
    };
    await expect(consume()).rejects.toMatchObject({ code: 'runtime' });
    await lanes.close();
  });

  it('end when they are left early', async () => {
    const model = await loadModel(tinyClassifier());
    const lanes = await openEditedLanes(model, model.graph, {
      preprocess: usualPreprocess(model),
      images: MANY,
    });
    let seen = 0;
    for await (const { indices } of runImages(lanes, files)) {
      seen += indices.length;
      break;
    }
    await lanes.close();
    expect(seen).toBe(lanes.batch);
  });
});
