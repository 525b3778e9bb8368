import { describe, expect, it } from 'vitest';
import { differentiate } from '../../core/grad/index.ts';
import { float32, type GraphBuilder, type Value } from '../../core/graph/index.ts';
import {
  denoise,
  diffuse,
  imageModulation,
  reconstruct,
  timeModulation,
} from '../../core/marnet/diffusion.ts';
import {
  boxMuller,
  headOptions,
  samplingLevels,
  samplingSteps,
  signalLevels,
  timeEmbedding,
} from '../../core/marnet/index.ts';
import {
  evaluate,
  largestDifference,
  type Matrix,
  ReferenceHeads,
  randomHeads,
  randomMatrix,
  smallOptions,
  uniformStream,
} from './support.ts';

const sizes = { features: 5, classes: 3, vocabulary: 9, base: 'corrected' } as const;
const heads = randomHeads(smallOptions, sizes, 3);
const levels = signalLevels(smallOptions.diffusionSteps, smallOptions.schedule);

describe('forward process', () => {
  it.each([5, 50, 95])('has the marginals of the closed form at t = %i', async (t) => {
    const draws = 20000;
    const next = uniformStream(11);
    const abar = signalLevels(100, 'cosine')[t]!;
    const x0 = [0.7, -1.3];
    const fill = (row: number[]): Matrix => Array.from({ length: draws }, () => row);
    const eps = Array.from({ length: draws }, () => [boxMuller(next(), next()), boxMuller(next(), next())]);
    const [xt] = await evaluate(
      { x0: fill(x0), signal: fill([Math.sqrt(abar)]), noise: fill([Math.sqrt(1 - abar)]), eps },
      (b, v) => [diffuse(b, v.x0!, v.signal!, v.noise!, v.eps!)],
    );
    for (const j of [0, 1]) {
      const values = Array.from({ length: draws }, (_, i) => xt![2 * i + j]!);
      const mean = values.reduce((s, v) => s + v, 0) / draws;
      const variance = values.reduce((s, v) => s + (v - mean) ** 2, 0) / draws;
      // Five standard errors of the mean and of the variance.
      expect(Math.abs(mean - Math.sqrt(abar) * x0[j]!)).toBeLessThan(5 * Math.sqrt((1 - abar) / draws));
      expect(Math.abs(variance - (1 - abar))).toBeLessThan(5 * (1 - abar) * Math.sqrt(2 / draws));
    }
  });
});

describe('DDIM', () => {
  it('recovers x_0 from a perfect prediction in one step and in many', () => {
    const next = uniformStream(2);
    const [x0, eps] = [next() * 2 - 1, boxMuller(next(), next())];
    for (const k of [1, 4, 20]) {
      const options = headOptions({ diffusionSteps: 100, samplingSteps: k });
      const abar = signalLevels(100, 'cosine');
      const visited = samplingLevels(100, k);
      let x = Math.sqrt(abar[100]!) * x0 + Math.sqrt(1 - abar[100]!) * eps;
      samplingSteps(options).forEach((step, i) => {
        x = step.signal * x0 + step.rest * x;
        // With the true x_0 the path is the forward process with one and the same noise.
        const level = abar[visited[i + 1]!]!;
        expect(x).toBeCloseTo(Math.sqrt(level) * x0 + Math.sqrt(1 - level) * eps, 10);
      });
      expect(x).toBeCloseTo(x0, 12);
    }
  });

  const zv = randomMatrix(4, smallOptions.latent, 5);
  const reference = new ReferenceHeads(heads, smallOptions);

  it('denoises as the plain statement does', async () => {
    const xt = randomMatrix(4, smallOptions.latent, 6);
    const t = 7;
    const [got] = await evaluate({ xt, zv }, (b, v) => {
      const parameter = (name: string) => b.weight(name, heads.get(name)!);
      const time = b.constant(float32(timeEmbedding(t, smallOptions.timeWidth), [1, smallOptions.timeWidth]));
      const ofTime = timeModulation(b, time, parameter, smallOptions);
      const both = imageModulation(b, v.zv!, parameter, smallOptions).map((m, i) => b.add(m, ofTime[i]!));
      return [denoise(b, v.xt!, both, parameter, smallOptions)];
    });
    expect(largestDifference(got!, reference.denoise(xt, t, zv).flat())).toBeLessThan(2e-5);
  });

  it.each([1, 3, 20])('unrolled to %i steps equals the loop', async (samplingSteps) => {
    const options = { ...smallOptions, samplingSteps };
    const [got] = await evaluate({ zv }, (b, v) => {
      const parameter = (name: string) => b.weight(name, heads.get(name)!);
      return [
        reconstruct(b, v.zv!, imageModulation(b, v.zv!, parameter, options), parameter, options).sample,
      ];
    });
    const visited = samplingLevels(options.diffusionSteps, samplingSteps);
    const expected = reference.sample(zv, levels, visited).flat();
    expect(largestDifference(got!, expected)).toBeLessThan(1e-4 * Math.max(1, ...expected.map(Math.abs)));
  });

  it('gives a gradient through its last steps alone', async () => {
    const options = { ...smallOptions, samplingSteps: 3, gradientSteps: 1 };
    const visited = samplingLevels(options.diffusionSteps, 3);
    const before = reference.sample(zv, levels, visited.slice(0, -1));
    const names = [...heads.keys()].filter((name) => /cdr\/(input|time|block|output)/.test(name));
    const rows = { zv, weights: randomMatrix(4, options.latent, 8) };
    type Build = (b: GraphBuilder, v: Record<string, Value>, parameter: (name: string) => Value) => Value;
    const gradientOf = (inputs: Record<string, Matrix>, build: Build) =>
      evaluate(inputs, (b, v) => {
        const known = new Map<string, Value>();
        const parameter = (name: string) => {
          if (!known.has(name)) known.set(name, b.weight(name, heads.get(name)!));
          return known.get(name)!;
        };
        const loss = b.reshape(b.reduceSum(b.mul(build(b, v, parameter), v.weights!), [0, 1]), [1]);
        const gradients = differentiate(
          b.graph,
          loss.name,
          names.map((name) => parameter(name).name),
        );
        const found = names.map((name) => b.value(gradients[parameter(name).name]!));
        return found;
      });
    const got = await gradientOf(rows, (b, v, parameter) => {
      const image = imageModulation(b, v.zv!, parameter, options);
      return reconstruct(b, v.zv!, image, parameter, options, { beside: undefined }).sample;
    });
    // The last step alone, from where the two before it arrive.
    const expected = await gradientOf({ ...rows, before }, (b, v, parameter) => {
      const time = timeEmbedding(visited.at(-2)!, options.timeWidth);
      const ofTime = timeModulation(b, b.constant(float32(time, [1, time.length])), parameter, options);
      const image = imageModulation(b, v.zv!, parameter, options);
      const both = image.map((m, i) => b.add(m, ofTime[i]!));
      return denoise(b, v.before!, both, parameter, options);
    });
    for (const [i, name] of names.entries()) {
      const size = Math.max(...Array.from(expected[i]!, Math.abs));
      expect(largestDifference(got[i]!, expected[i]!), name).toBeLessThan(1e-4 * size);
    }
  });

  it('takes another denoising along, and changes neither', async () => {
    const next = randomMatrix(4, smallOptions.latent, 6);
    const t = 7;
    for (const gradientSteps of [1, 3]) {
      const options = { ...smallOptions, gradientSteps };
      const [sample, estimate] = await evaluate({ zv, next }, (b, v) => {
        const parameter = (name: string) => b.weight(name, heads.get(name)!);
        const row = timeEmbedding(t, options.timeWidth);
        const time = b.constant(float32([...row, ...row, ...row, ...row], [4, row.length]));
        const image = imageModulation(b, v.zv!, parameter, options);
        const both = reconstruct(b, v.zv!, image, parameter, options, { beside: { xt: v.next!, time } });
        return [b.add(both.sample, b.scalar(0, both.sample)), both.estimate!];
      });
      expect(largestDifference(estimate!, reference.denoise(next, t, zv).flat())).toBeLessThan(2e-5);
      const expected = reference.sample(zv, levels, samplingLevels(options.diffusionSteps, 3)).flat();
      expect(largestDifference(sample!, expected)).toBeLessThan(
        1e-4 * Math.max(1, ...expected.map(Math.abs)),
      );
    }
  });
});
