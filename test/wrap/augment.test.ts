/** Views of images for a frozen backbone, and augmentations by name where it is trained. */
import { createHash } from 'node:crypto';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  loadModel,
  parsePreprocess,
  usualPreprocess,
  type WrapEvent,
  type WrapOptionsInput,
  wrap,
} from '../../core/index.ts';
import { colourPlace } from './place.ts';
import { tinyClassifier } from './tiny.ts';

const { root, data, model } = await colourPlace(tinyClassifier({ classes: 5 }));

let runs = 0;
async function train(options: WrapOptionsInput, folder = data) {
  const number = ++runs;
  const run = wrap(model, folder, {
    out: join(root, `merged-${number}.onnx`),
    runFolder: join(root, `run-${number}`),
    cacheFolder: join(root, 'cache'),
    compare: false,
    ...options,
    training: { epochs: 3, batch: 8, learningRate: 0.01, ...options.training },
  });
  const events: WrapEvent[] = [];
  for await (const event of run) events.push(event);
  const result = await run.result;
  const features = events.flatMap((e) => (e.type === 'features' && e.done === e.total ? [e] : []));
  const digest = createHash('sha256')
    .update(await readFile(result.path))
    .digest('hex');
  return { events, result, features, digest };
}

const notices = (events: readonly WrapEvent[]): string =>
  events.flatMap((e) => (e.type === 'notice' ? [e.message] : [])).join('\n');

describe('views', () => {
  it('are computed once, and later runs with more of them compute the others', async () => {
    const two = await train({ views: 2 });
    const [train1, all] = [two.result.images.train, two.result.images.train + two.result.images.holdout];
    expect(two.features.map(({ view, views, total, cached }) => [view, views, total, cached])).toEqual([
      [1, 2, all, 0],
      [2, 2, train1, 0],
    ]);
    const four = await train({ views: 4 });
    expect(four.features.map(({ view, views, cached }) => [view, views, cached])).toEqual([
      [1, 4, all],
      [2, 4, train1],
      [3, 4, 0],
      [4, 4, 0],
    ]);
    // Another augmentation, another seed and another preprocessing are other views.
    const other = await train({ views: 2, augment: 'default,jitter' });
    expect(other.features.map(({ cached }) => cached)).toEqual([all, 0]);
    const seed = await train({ views: 2, seed: 1 });
    expect(seed.features[1]!.cached).toBe(0);
    const preprocess = parsePreprocess('unit', usualPreprocess(await loadModel(model)));
    const unit = await train({ views: 2, preprocess });
    expect(unit.features.map(({ cached }) => cached)).toEqual([0, 0]);
    // The same again is all there, and the same to the byte.
    const again = await train({ views: 4 });
    expect(again.features.map(({ cached }) => cached)).toEqual([all, train1, train1, train1]);
    expect(again.digest).toBe(four.digest);
    expect(four.digest).not.toBe(two.digest);
  });

  it('are drawn for each epoch, so that training sees other features', async () => {
    const losses = (events: readonly WrapEvent[]) =>
      events.flatMap((e) => (e.type === 'step' ? [e.losses.classification] : []));
    const [one, three] = [await train({}), await train({ views: 3 })];
    expect(losses(one.events)).not.toEqual(losses(three.events));
    expect(one.features[0]!.views).toBeUndefined();
    expect(three.result.scores.merged.top1).toBeGreaterThan(0.9);
  });

  it('follow from the bytes of an image, not from its name or place', async () => {
    const cacheFolder = join(root, 'cache-of-copies');
    const copies = join(root, 'copies');
    await mkdir(copies);
    const [head, ...rows] = (await readFile(join(data, 'metadata.csv'), 'utf8')).trim().split('\n');
    const renamed = rows.map((row, i) => row.replace(/^[^,]+/, `${99 - i}.png`));
    for (const [i, row] of rows.entries())
      await copyFile(join(data, row.split(',')[0]!), join(copies, `${99 - i}.png`));
    await writeFile(join(copies, 'metadata.csv'), `${[head, ...renamed].join('\n')}\n`);
    await train({ views: 2, holdout: 0.5, cacheFolder }, copies);
    const shared = await train({ views: 2, cacheFolder });
    expect(shared.features[1]!.cached).toBeGreaterThan(0);
    const apart = await train({ views: 2, cacheFolder: join(root, 'cache-apart') });
    expect(apart.features[1]!.cached).toBe(0);
    expect(shared.digest).toBe(apart.digest);
  });

  it('are refused where they mean nothing', () => {
    expect(() => wrap(model, data, { views: 2, tune: 'full' })).toThrow('frozen backbone');
    expect(() => wrap(model, data, { views: 2, augment: false })).toThrow('all the same');
    expect(() => wrap(model, data, { views: 2, augment: 'default,mixup' })).toThrow('mixup');
    expect(() => wrap(model, data, { views: 2, augment: 'flip', flip: false })).toThrow('all the same');
    expect(() => wrap(model, data, { views: 2, augment: 'flip=0' })).toThrow('all the same');
    expect(() => wrap(model, data, { views: 0 })).toThrow('views');
    expect(() => wrap(model, data, { augment: 'jiter' })).toThrow('did you mean jitter');
  });

  it('are recommended where an augmentation would do nothing', async () => {
    const { events } = await train({ augment: 'default,jitter' });
    expect(notices(events)).toContain('--views');
  });
});

describe('augmentations by name', () => {
  it.each(['full', 'last:1'] as const)('train %s, mixed images among them', async (tune) => {
    const augment = 'default,jitter,rotate=10,perspective,blur,noise,erase,mixup,cutmix';
    const once = await train({ tune, augment });
    expect(once.result.scores.merged.top1).toBeGreaterThan(0.6); // chance is 0.33
    const again = await train({ tune, augment });
    expect(again.digest).toBe(once.digest);
  });

  it('draw as before where nothing is named', async () => {
    const bare = await train({ tune: 'full' });
    const named = await train({ tune: 'full', augment: 'default' });
    const steps = (events: readonly WrapEvent[]) =>
      events.flatMap((e) => (e.type === 'step' ? [e.losses] : []));
    expect(steps(named.events)).toEqual(steps(bare.events));
    const none = await train({ tune: 'full', augment: false });
    expect(steps(none.events)).not.toEqual(steps(bare.events));
  });
});
