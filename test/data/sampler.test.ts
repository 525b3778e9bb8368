import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { balancedOrder, epochBatches, epochOrder, stepSize, stepsPerEpoch } from '../../core/data/sampler.ts';

const sorted = (values: Iterable<number>) => [...values].sort((a, b) => a - b);

describe('the order of an epoch', () => {
  it('is a permutation and a function of seed and epoch', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 300 }), fc.nat(), fc.nat(1000), (count, seed, epoch) => {
        const order = epochOrder(count, seed, epoch);
        expect(sorted(order)).toEqual(Array.from({ length: count }, (_, i) => i));
        expect(epochOrder(count, seed, epoch)).toEqual(order);
      }),
    );
    expect(epochOrder(50, 1, 0)).not.toEqual(epochOrder(50, 1, 1));
    expect(epochOrder(50, 1, 0)).not.toEqual(epochOrder(50, 2, 0));
  });

  it('puts every image everywhere equally often', () => {
    const counts = new Int32Array(5);
    for (let epoch = 0; epoch < 2000; epoch++) counts[epochOrder(5, 9, epoch)[0]!]!++;
    for (const count of counts) expect(Math.abs(count - 400)).toBeLessThan(90);
  });
});

describe('batches', () => {
  it('are full, cover the epoch and repeat only to fill the last one', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 200 }),
        fc.integer({ min: 1, max: 64 }),
        fc.nat(),
        fc.nat(50),
        (count, batch, seed, epoch) => {
          const batches = epochBatches({ labels: new Int32Array(count), batch, seed }, epoch);
          expect(batches).toHaveLength(stepsPerEpoch(count, batch));
          for (const each of batches) {
            expect(each).toHaveLength(stepSize(count, batch));
            expect(new Set(each).size).toBe(each.length);
          }
          const all = batches.flatMap((each) => [...each]);
          expect([...new Set(all)]).toHaveLength(count);
          expect(all.length - count).toBeLessThan(stepSize(count, batch));
          expect([...all.slice(0, count)]).toEqual([...epochOrder(count, seed, epoch)]);
        },
      ),
    );
    expect(epochBatches({ labels: [], batch: 8, seed: 0 }, 0)).toEqual([]);
    expect(stepSize(3, 8)).toBe(3);
  });

  it('balanced: every class equally often, its images too', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 200 }),
        fc.nat(),
        (labels, seed) => {
          const order = balancedOrder(labels, seed, 0);
          expect(order).toHaveLength(labels.length);
          const present = new Set(labels);
          const perClass = new Map<number, number>();
          const perImage = new Map<number, number>();
          for (const i of order) {
            perClass.set(labels[i]!, (perClass.get(labels[i]!) ?? 0) + 1);
            perImage.set(i, (perImage.get(i) ?? 0) + 1);
          }
          const share = Math.floor(labels.length / present.size);
          for (const label of present) {
            const drawn = perClass.get(label) ?? 0;
            expect([share, share + 1]).toContain(drawn);
            const own = labels.flatMap((each, i) => (each === label ? [perImage.get(i) ?? 0] : []));
            expect(Math.max(...own) - Math.min(...own)).toBeLessThanOrEqual(1);
          }
        },
      ),
    );
    const labels = [0, 0, 0, 0, 0, 0, 0, 1, 1];
    expect(balancedOrder(labels, 1, 0)).toEqual(balancedOrder(labels, 1, 0));
    expect(balancedOrder(labels, 1, 0)).not.toEqual(balancedOrder(labels, 1, 1));
    const batches = epochBatches({ labels, batch: 4, seed: 1, balanced: true }, 0);
    expect(batches.map((batch) => batch.length)).toEqual([4, 4, 4]);
  });
});
