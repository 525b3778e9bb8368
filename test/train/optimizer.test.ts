import { describe, expect, it } from 'vitest';
import { hyperparameters } from '../../core/train/index.ts';
import { OptimizerMemory } from '../../core/train/kernel/optimizer-memory.ts';
import { adamW, gradientNorm } from '../../core/train/optimizer.ts';
import { rateFactor } from '../../core/train/schedule.ts';
import { TrainingState } from '../../core/train/state.ts';

/*
 * PyTorch 1.13, float64:
 *   p = [0.5, -1.2, 2.0] with lr 0.01, weight_decay 0.1; q = [0.3, -0.1] with lr 0.002, weight_decay 0
 *   AdamW(betas=(0.9, 0.99), eps=1e-6); four steps, k = 0..3, with
 *   p.grad = [1, -2, 0.5] * (k + 1) * 0.3; q.grad = [0.1, 4] / (k + 1)
 * and the same with clip_grad_norm_([p, q], 1.5) before each step.
 */
const PYTORCH = {
  plain: [0.459299691, -1.156503848, 1.953308765, 0.29273148067, -0.10726861443],
  clipped: [0.460326929, -1.157531043, 1.954336091, 0.29230237439, -0.10769785656],
};

function steps(clipNorm: number): number[] {
  const state = new TrainingState([
    { name: 'p', dims: [3], initial: () => Float32Array.of(0.5, -1.2, 2), rateFactor: 1, decay: true },
    { name: 'q', dims: [2], initial: () => Float32Array.of(0.3, -0.1), rateFactor: 0.2, decay: false },
  ]);
  const settings = hyperparameters({ beta1: 0.9, beta2: 0.99, epsilon: 1e-6, weightDecay: 0.1, clipNorm });
  const gradients = state.views(state.gradients);
  for (let k = 0; k < 4; k++) {
    (gradients.get('p')!.data as Float32Array).set([1, -2, 0.5].map((g) => g * (k + 1) * 0.3));
    (gradients.get('q')!.data as Float32Array).set([0.1, 4].map((g) => g / (k + 1)));
    adamW(state, settings, 0.01, gradientNorm(state));
  }
  return [...state.snapshot().values()].flatMap((t) => Array.from(t.data as Float32Array));
}

const bytesOf = (x: Float32Array): Buffer => Buffer.from(x.buffer, x.byteOffset, x.byteLength);

describe('AdamW', () => {
  it.each([
    ['without clipping', 0, PYTORCH.plain],
    ['with clipping', 1.5, PYTORCH.clipped],
  ] as const)('gives PyTorch’s numbers %s', (_, clipNorm, expected) => {
    steps(clipNorm).forEach((value, i) => {
      expect(Math.abs(value - expected[i]!)).toBeLessThan(3e-7);
    });
  });

  it('cuts a value at its maximum', () => {
    const state = new TrainingState([
      {
        name: 't',
        dims: [1],
        initial: () => Float32Array.of(4.6),
        rateFactor: 1,
        decay: false,
        maximum: 4.605,
      },
    ]);
    state.gradients[0] = -1;
    adamW(state, hyperparameters(), 0.1, 1);
    expect(state.values[0]).toBeCloseTo(4.605, 6);
  });

  it('measures the gradient over all tensors', () => {
    const state = new TrainingState([
      { name: 'a', dims: [2], initial: () => new Float32Array(2), rateFactor: 1, decay: false },
      { name: 'b', dims: [1], initial: () => new Float32Array(1), rateFactor: 1, decay: false },
    ]);
    state.views(state.gradients).forEach((t, name) => {
      (t.data as Float32Array).set(name === 'a' ? [2, 3] : [6]);
    });
    expect(gradientNorm(state)).toBe(7);
    state.gradients[0] = Number.NaN;
    expect(gradientNorm(state)).toBeNaN();
  });
});

describe('the optimizer’s kernels', () => {
  it('give the same where the vectors fit into their memory, and where they pass through it in pieces', () => {
    const size = 2 ** 20 + 4096;
    const [whole, pieces] = [new OptimizerMemory(size), new OptimizerMemory(size, 2 ** 20)];
    const factors = { shorten: 0.5, beta1: 0.9, beta2: 0.99, keep: 0.999, size: 1e-2, epsilon: 1e-8 };
    for (const memory of [whole, pieces]) {
      for (let i = 0; i < size; i++) {
        memory.values[i] = Math.sin(i);
        memory.gradients[i] = Math.cos(i) * 10 ** -(i % 7);
      }
      memory.update(0, size, factors);
      memory.update(16, size - 16, factors);
    }
    expect(pieces.sumOfSquares()).toBeCloseTo(whole.sumOfSquares(), 6);
    for (const name of ['values', 'first', 'second'] as const)
      expect(Buffer.compare(Buffer.from(pieces[name].buffer), bytesOf(whole[name]))).toBe(0);
    expect(whole.first[3]).not.toBe(0);
  });

  it('let moments end at zero instead of ever smaller numbers', () => {
    const memory = new OptimizerMemory(16);
    const factors = { shorten: 1, beta1: 0.5, beta2: 0.5, keep: 1, size: 1e-3, epsilon: 1e-8 };
    memory.gradients.fill(1);
    memory.update(0, 16, factors);
    memory.gradients.fill(0);
    for (let k = 0; k < 110; k++) memory.update(0, 16, factors);
    expect([...memory.first, ...memory.second]).toEqual(new Array(32).fill(0));
  });
});

describe('step size', () => {
  it('rises in a line and falls along a cosine', () => {
    const at = (step: number) => rateFactor(step, 100, 0.1);
    expect(at(0)).toBeCloseTo(0.1);
    expect(at(9)).toBe(1);
    expect(at(10)).toBe(1);
    expect(at(55)).toBeCloseTo(0.5);
    expect(at(99)).toBeLessThan(0.001);
    expect(at(99)).toBeGreaterThan(0);
  });

  it('has no warm-up, or nothing else', () => {
    expect(rateFactor(0, 10, 0)).toBe(1);
    expect(rateFactor(9, 10, 1)).toBe(1);
  });
});
