import { beforeAll, describe, expect, it } from 'vitest';
import { constantOf } from '../../core/graph/index.ts';
import { prepareBackbone, type TrainableBackbone } from '../../core/runtime/backbone.ts';
import type { TrainedPart } from '../../core/runtime/cut.ts';
import { type LowRankBackbone, withLowRankUpdates } from '../../core/runtime/low-rank.ts';
import type { TrainingJob } from '../../core/train/index.ts';
import { initialHeads, openEngine, trainingState } from '../../core/train/setup.ts';
import { CLASSES, FEATURES, residualJob, residualNetwork, SIZE } from './residual.ts';
import { finish } from './support.ts';

const RANK = 4;

const jobOf = (backbone: TrainedPart): TrainingJob =>
  residualJob(backbone, { hyper: { epochs: 8, backboneFactor: 1 } });

async function stepOf(backbone: TrainedPart) {
  const job = jobOf(backbone);
  const heads = initialHeads(job);
  const state = trainingState(job, heads);
  const engine = await openEngine(job, state, heads);
  const images = job.trainIndices.slice(0, 8);
  const { losses } = await engine.step(await engine.prepare(images, 0, 0), images, 0, 0);
  const logits = await engine.evaluate(job.holdoutIndices);
  await engine.close();
  return { loss: losses.loss, logits, gradients: state.snapshot(state.gradients) };
}

describe('low-rank updates', () => {
  let whole: TrainableBackbone;
  let updated: LowRankBackbone;
  beforeAll(async () => {
    const size = { height: SIZE, width: SIZE };
    whole = await prepareBackbone(residualNetwork(), { outputs: ['map', 'logits'], batch: 8, size });
    updated = withLowRankUpdates(whole, RANK, 1);
  });

  it('are given to 1x1 convolutions and matrix products alone', () => {
    expect(updated.updates.map(({ weight }) => weight).sort()).toEqual([
      'fc.weight',
      'gate.weight',
      'top.weight',
    ]);
    // The classifier [16, 3] has no more than rank 3.
    expect(updated.part.parameters.get('fc.weight/low-rank-b')!.dims).toEqual([FEATURES, CLASSES]);
    expect(updated.part.parameters.get('top.weight/low-rank-a')!.dims).toEqual([RANK, FEATURES]);
  });

  it('change nothing at the start, and have the gradients that the chain rule gives', async () => {
    const [expected, actual] = [await stepOf(whole), await stepOf(updated.part)];
    expect(actual.loss).toBeCloseTo(expected.loss, 5);
    actual.logits.forEach((logit, i) => {
      expect(logit).toBeCloseTo(expected.logits[i]!, 5);
    });
    for (const { weight, a, b } of updated.updates) {
      const [factor, dW] = [updated.part.parameters.get(a)!, expected.gradients.get(weight)!];
      const [m, n] = dW.dims as [number, number];
      const r = factor.dims[0]!;
      const a0 = factor.read().data as Float32Array;
      // dB = 2 dW A^T, and dA = 2 B^T dW = 0.
      const dB = actual.gradients.get(b)!.data as Float32Array;
      for (let i = 0; i < m; i++)
        for (let k = 0; k < r; k++) {
          let sum = 0;
          for (let j = 0; j < n; j++) sum += 2 * (dW.data as Float32Array)[i * n + j]! * a0[k * n + j]!;
          expect(Math.abs(dB[i * r + k]! - sum), `${b} ${i},${k}`).toBeLessThan(
            1e-4 * Math.max(1, Math.abs(sum)),
          );
        }
      expect(Math.hypot(...dB)).toBeGreaterThan(0);
      expect(Math.hypot(...(actual.gradients.get(a)!.data as Float32Array))).toBe(0);
    }
  });

  it('are learned, and give the same as weights once merged', async () => {
    const result = await finish(jobOf(updated.part));
    expect(result.history.at(-1)!.loss).toBeLessThan(0.8 * result.history[0]!.loss);
    const merged = updated.merge(result.parameters);
    expect([...merged.keys()].filter((name) => name.includes('low-rank'))).toEqual([]);
    const parameters = new Map(
      [...whole.parameters].map(([name, constant]) => {
        const tensor = merged.get(name);
        return [name, tensor ? constantOf(tensor) : constant];
      }),
    );
    const { logits } = await stepOf({ ...whole, parameters });
    logits.forEach((logit, i) => {
      expect(logit).toBeCloseTo(result.holdoutLogits[i]!, 4);
    });
    expect(merged.get('top.weight')!.data).not.toEqual(whole.parameters.get('top.weight')!.read().data);
  });

  it('are refused where there is no matrix', () => {
    const names = ['stem.weight', 'stem.scale'];
    const parameters = new Map([...whole.parameters].filter(([name]) => names.includes(name)));
    const graph = whole.graph.clone();
    expect(() => withLowRankUpdates({ ...whole, graph, parameters }, 4, 0)).toThrow(/nothing to update/);
  });
});
