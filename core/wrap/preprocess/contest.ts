/**
 * Which of several ways to ask a classifier is right, judged on the same labelled images. Accuracy decides, where it
 * differs by more than chance: with b images that only one gets right and c that only the other does, b - c above
 * 2 sqrt(b + c) (McNemar). Else the mean logarithm of the label's probability does, which is finer: a mean difference of
 * more than three of its standard errors. What neither decides is a tie.
 */

export interface Trial {
  readonly name: string;
  /** By image. */
  readonly right: readonly boolean[];
  /** Logarithm of the label's probability, by image. */
  readonly likelihood: readonly number[];
}

export interface Decision {
  /** Position of the trial that is taken. */
  readonly chosen: number;
  /** False where nothing speaks for it but that it is the usual one. */
  readonly decided: boolean;
  readonly reason: string;
}

/** @param trials the usual way first. @param classes of the classifier. */
export function contest(trials: readonly Trial[], classes: number): Decision {
  const usual = trials[0]!;
  const ranked = trials
    .map((trial, i) => ({ trial, i }))
    .sort(
      (a, b) =>
        accuracyOf(b.trial) - accuracyOf(a.trial) ||
        meanOf(b.trial.likelihood) - meanOf(a.trial.likelihood) ||
        a.i - b.i,
    );
  const best = ranked[0]!;
  const images = usual.right.length;
  const chance = 1 / classes;
  const beyondChance = chance + 3 * Math.sqrt((chance * (1 - chance)) / images);
  if (accuracyOf(best.trial) <= Math.max(beyondChance, 1.5 * chance))
    return undecided(`none of them is clearly better than chance (${percent(chance)})`);
  if (best.i !== 0 && !isBetter(best.trial, usual))
    return undecided(`${named(best.trial)} is not clearly better than ${named(usual)}`);
  const equals = ranked.slice(1).filter(({ trial }) => !isBetter(best.trial, trial));
  if (equals.length === 0)
    return { chosen: best.i, decided: true, reason: `${named(best.trial)} is clearly the best` };
  const others = equals.map(({ trial }) => named(trial)).join(' and ');
  const why = best.i === 0 ? 'it is the usual one' : `it is clearly better than ${named(usual)}`;
  const are = equals.length === 1 ? 'is' : 'are';
  return {
    chosen: best.i,
    decided: best.i !== 0,
    reason: `${named(best.trial)} is taken as ${why}, but ${others} ${are} not clearly worse`,
  };
}

function undecided(why: string): Decision {
  return { chosen: 0, decided: false, reason: `${why}; the usual one is taken` };
}

const named = ({ name }: Trial): string => `"${name}"`;

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

export function accuracyOf({ right }: Trial): number {
  return right.filter(Boolean).length / right.length;
}

export function meanOf(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}

function isBetter(one: Trial, other: Trial): boolean {
  const only = (a: Trial, b: Trial): number => a.right.filter((right, i) => right && !b.right[i]).length;
  const [won, lost] = [only(one, other), only(other, one)];
  if (Math.abs(won - lost) > 2 * Math.sqrt(won + lost)) return won > lost;
  const differences = one.likelihood.map((value, i) => value - other.likelihood[i]!);
  const mean = meanOf(differences);
  const variance = meanOf(differences.map((value) => (value - mean) ** 2));
  return mean > 3 * Math.sqrt(variance / Math.max(1, differences.length - 1)) && mean > 1e-6;
}
