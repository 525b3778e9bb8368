import { beforeAll, describe, expect, it } from 'vitest';
import { prepareBackbone, type TrainableBackbone } from '../../core/runtime/backbone.ts';
import { type CutBackbone, cutBelow, type TrainedPart } from '../../core/runtime/cut.ts';
import { openFrozenPart } from '../../core/runtime/frozen-part.ts';
import { type Layers, layersOf } from '../../core/runtime/layers.ts';
import type { ImageSource, TrainingJob } from '../../core/train/index.ts';
import { initialHeads, openEngine, trainingState } from '../../core/train/setup.ts';
import { normalsFor } from './normals.ts';
import { FEATURES, pixelsOf, residualJob, residualNetwork, SIZE } from './residual.ts';
import { finish } from './support.ts';

const BATCH = 8;

const jobOf = (backbone: TrainedPart, images: ImageSource['images']): TrainingJob =>
  residualJob(backbone, { hyper: { epochs: 3, batch: BATCH }, images, texts: true });

/** Gradients of a step whose heads are not at zero, by name, and its loss. */
async function stepOf(job: TrainingJob) {
  const heads = initialHeads(job);
  const state = trainingState(job, heads);
  for (const { name, begin, end } of state.segments) {
    if (!name.startsWith('marnet/')) continue;
    const noise = new Float32Array(end - begin);
    normalsFor(3, name)(noise);
    for (let i = begin; i < end; i++) state.values[i]! += 0.1 * noise[i - begin]!;
  }
  const engine = await openEngine(job, state, heads);
  const images = job.trainIndices.slice(0, 7);
  const { losses } = await engine.step(await engine.prepare(images, 0, 0), images, 0, 0);
  const logits = await engine.evaluate(job.holdoutIndices);
  await engine.close();
  return { loss: losses.loss, logits, gradients: state.snapshot(state.gradients) };
}

async function cutAt(backbone: TrainableBackbone, layers: Layers, count: number) {
  const chosen = layers.layers.slice(-count).flatMap((layer) => layer.parameters);
  const cut = cutBelow(backbone, new Set([...chosen, ...layers.classifier]));
  const part = cut.lower && (await openFrozenPart(backbone, cut.lower));
  const images: ImageSource['images'] = async (wanted) =>
    part ? part.run(pixelsOf(wanted), wanted.length) : pixelsOf(wanted);
  return { cut, job: jobOf(cut.upper, images), close: async () => part?.close() };
}

const fedOf = ({ upper }: CutBackbone) => upper.fed.map(({ shape }) => shape.join('x'));

describe('a backbone whose lower part is frozen', () => {
  let whole: TrainableBackbone;
  let layers: Layers;
  beforeAll(async () => {
    const size = { height: SIZE, width: SIZE };
    whole = await prepareBackbone(residualNetwork(), { outputs: ['map', 'logits'], batch: BATCH, size });
    layers = layersOf(whole.graph, new Set(whole.parameters.keys()), 'map');
  });

  it('has a layer for each node with weights, with what belongs to it', () => {
    expect(layers.layers.map(({ name }) => name)).toEqual(
      ['stem', 'a1', 'a2', 'b1', 'b2', 'gate', 'top'].map((name) => `${name}.weight`),
    );
    expect([...layers.layers[1]!.parameters].sort()).toEqual(['a1.bias', 'a1.scale', 'a1.weight']);
    expect([...layers.classifier].sort()).toEqual(['fc.bias', 'fc.weight']);
  });

  it('is cut at the fewest numbers, and computes nothing twice', async () => {
    const map = `8x${FEATURES}x8x8`;
    const expected: Record<number, string[]> = {
      1: [map],
      // The gate is of the mean of a map that the product after it needs itself: the mean is made again.
      2: [map, map],
      4: [map],
      5: [map, map],
      7: ['8x3x8x8'],
    };
    for (const [count, values] of Object.entries(expected)) {
      const { cut, close } = await cutAt(whole, layers, Number(count));
      expect(fedOf(cut).sort(), `last ${count}`).toEqual([...values].sort());
      const convolutions = cut.upper.graph.nodes.filter((node) => node.op === 'Conv').length;
      expect(convolutions, `last ${count}`).toBe(Number(count));
      expect(cut.lower === undefined).toBe(Number(count) === 7);
      await close();
    }
  });

  it.each([1, 2, 3, 4, 5, 7])('has the gradients of the whole (last %i)', async (count) => {
    const expected = await stepOf(jobOf(whole, async (wanted) => pixelsOf(wanted)));
    const { cut, job, close } = await cutAt(whole, layers, count);
    const actual = await stepOf(job);
    await close();
    expect(actual.loss).toBeCloseTo(expected.loss, 5);
    actual.logits.forEach((logit, i) => {
      expect(logit).toBeCloseTo(expected.logits[i]!, 4);
    });
    const backbone = [...actual.gradients.keys()].filter((name) => !name.startsWith('marnet/'));
    expect(backbone.length).toBe(3 * count + 2);
    for (const [name, { data }] of actual.gradients) {
      const [a, e] = [data as Float32Array, expected.gradients.get(name)!.data as Float32Array];
      const length = Math.hypot(...e);
      if (cut.upper.parameters.has(name)) expect(length, name).toBeGreaterThan(0);
      expect(Math.hypot(...a.map((v, i) => v - e[i]!)), name).toBeLessThan(1e-4 * length + 1e-6);
    }
  });

  it('learns, and leaves the rest as it is', async () => {
    const { cut, job, close } = await cutAt(whole, layers, 2);
    const result = await finish(job);
    await close();
    expect(result.history.at(-1)!.loss).toBeLessThan(result.history[0]!.loss);
    const names = [...result.parameters.keys()].filter((name) => !name.startsWith('marnet/'));
    expect(names.sort()).toEqual([...cut.upper.parameters.keys()].sort());
    for (const name of names)
      expect(result.parameters.get(name)!.data, name).not.toEqual(whole.parameters.get(name)!.read().data);
  });

  it('takes stages of an adapter as they are', () => {
    const names = new Set(whole.parameters.keys());
    const stages = [
      { name: 'bottom', constants: ['stem.weight', 'a1.weight'] },
      { name: 'middle', constants: ['b1.weight', 'nothing'] },
      { name: 'top', constants: ['top.weight', 'top.scale'] },
    ];
    const { layers: staged, others, classifier } = layersOf(whole.graph, names, 'map', stages);
    expect(staged.map(({ name }) => name)).toEqual(['bottom', 'middle', 'top']);
    expect(staged.map(({ parameters }) => parameters)).toEqual([
      ['stem.weight', 'a1.weight'],
      ['b1.weight'],
      ['top.weight', 'top.scale'],
    ]);
    expect(others).toContain('a1.bias');
    expect(others).not.toContain('fc.weight');
    expect([...classifier].sort()).toEqual(['fc.bias', 'fc.weight']);
  });
});
