import { describe, expect, it } from 'vitest';
import { contest, type Trial } from '../../../core/wrap/preprocess/contest.ts';

/** Of 100 images, the first `right` right; likelihoods with some spread around `likelihood`. */
const trial = (name: string, right: number, likelihood = -1): Trial => ({
  name,
  right: Array.from({ length: 100 }, (_, i) => i < right),
  likelihood: Array.from({ length: 100 }, (_, i) => likelihood + 0.3 * Math.sin(i * name.length)),
});

describe('a contest', () => {
  it('goes to the one that is right clearly more often', () => {
    const { chosen, decided, reason } = contest(
      [trial('usual', 40), trial('other', 80), trial('third', 30)],
      10,
    );
    expect([chosen, decided]).toEqual([1, true]);
    expect(reason).toContain('"other" is clearly the best');
  });

  it('goes to the likelier one where accuracies hardly differ', () => {
    expect(contest([trial('usual', 80, -1), trial('other', 81, -0.5)], 10).chosen).toBe(1);
    expect(contest([trial('usual', 81, -1), trial('other', 80, -2)], 10)).toMatchObject({
      chosen: 0,
      decided: true,
    });
  });

  it('is told as a tie, and the usual one is taken', () => {
    const tie = contest([trial('usual', 80, -1), trial('other', 81, -1)], 10);
    expect(tie).toMatchObject({ chosen: 0, decided: false });
    expect(tie.reason).toContain('"other" is not clearly better than "usual"; the usual one is taken');
    const first = contest([trial('usual', 80, -1), trial('other', 80, -1)], 10);
    expect(first).toMatchObject({ chosen: 0, decided: false });
    expect(first.reason).toContain('"other" is not clearly worse');
  });

  it('tells of equals of a winner that is not the usual one', () => {
    const { chosen, decided, reason } = contest(
      [trial('usual', 20), trial('other', 80), trial('third', 80)],
      10,
    );
    expect([chosen, decided]).toEqual([1, true]);
    expect(reason).toContain('"third" is not clearly worse');
  });

  it('has no winner at chance', () => {
    const none = contest([trial('usual', 8), trial('other', 17)], 10);
    expect(none).toMatchObject({ chosen: 0, decided: false });
    expect(none.reason).toContain('better than chance (10.0 %)');
    expect(contest([trial('usual', 8), trial('other', 40)], 10).chosen).toBe(1);
  });
});
