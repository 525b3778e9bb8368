import fc from 'fast-check';
import { expect, it } from 'vitest';
import { stratifiedHoldout } from '../../core/data/holdout.ts';

const labelled = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1, maxLength: 80 });
const fraction = fc.double({ min: 0, max: 0.99, noNaN: true });
const idsOf = (labels: readonly string[]) => labels.map((label, i) => `${label}/${i}.png`);

it('holds out the fraction of each class, one at least, and leaves one to train on', () => {
  fc.assert(
    fc.property(labelled, fraction, fc.integer(), (labels, share, seed) => {
      const held = stratifiedHoldout(idsOf(labels), labels, share, seed);
      for (const label of new Set(labels)) {
        const count = labels.filter((each) => each === label).length;
        const out = labels.filter((each, i) => each === label && held[i]).length;
        if (count === 1 || share === 0) expect(out).toBe(0);
        else {
          expect(out).toBeGreaterThanOrEqual(1);
          expect(out).toBeLessThanOrEqual(count - 1);
          expect(Math.abs(out - count * share)).toBeLessThanOrEqual(1);
        }
      }
    }),
  );
});

it('does not depend on the order of the images', () => {
  fc.assert(
    fc.property(labelled, fraction, fc.integer(), (labels, share, seed) => {
      const ids = idsOf(labels);
      const held = (order: readonly number[]) => {
        const flags = stratifiedHoldout(
          order.map((i) => ids[i]!),
          order.map((i) => labels[i]!),
          share,
          seed,
        );
        return new Set(order.filter((_, k) => flags[k]).map((i) => ids[i]!));
      };
      const order = labels.map((_, i) => i);
      expect(held([...order].reverse())).toEqual(held(order));
    }),
  );
});

it('adding an image changes the side of one other at most', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 60 }), fraction, fc.integer(), (count, share, seed) => {
      const labels = new Array<string>(count + 1).fill('a');
      const ids = idsOf(labels);
      const before = stratifiedHoldout(ids.slice(0, count), labels.slice(0, count), share, seed);
      const after = stratifiedHoldout(ids, labels, share, seed);
      expect(before.filter((flag, i) => flag !== after[i]).length).toBeLessThanOrEqual(1);
    }),
  );
});
