/** The three ways of training that the demo compares, at equal budget, and what is measured of each. */
import type { WrapOptionsInput } from '../../wrap/options.ts';
import { NEW_DISHES, writeDishes } from './plates.ts';

export interface Contestant {
  readonly name: string;
  readonly options: Pick<WrapOptionsInput, 'tune' | 'heads'>;
}

export const CONTESTANTS: readonly Contestant[] = [
  { name: 'Base features + linear layer', options: { tune: 'frozen', heads: { ema: false, cdr: false } } },
  { name: 'Plain fine-tuning', options: { tune: 'full', heads: { ema: false, cdr: false } } },
  { name: 'MARNet', options: { tune: 'full' } },
];

/** Pictures of each dish. */
const PICTURES = { train: 16, holdout: 4, test: 12 } as const;

/** The demo's data, each an ordinary data folder. */
export interface DemoData {
  readonly training: string;
  /** The same scenes in two lights, none of them in `training`. */
  readonly clean: string;
  readonly poor: string;
}

/** Paints the data; takes a few seconds. */
export async function paintData(join: (name: string) => string): Promise<DemoData> {
  const data = { training: join('dishes'), clean: join('test-clean'), poor: join('test-poor-light') };
  const { train, holdout, test } = PICTURES;
  const dishes = NEW_DISHES;
  await writeDishes(data.training, { dishes, perDish: { train, holdout }, seed: 1 });
  await writeDishes(data.clean, { dishes, perDish: { train: 0, holdout: test }, seed: 7 });
  await writeDishes(data.poor, { dishes, perDish: { train: 0, holdout: test }, seed: 7, light: 'poor' });
  return data;
}

/** Mean and standard deviation (of the sample) of a list. */
export function spread(values: readonly number[]): { mean: number; deviation: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: values.length > 1 ? Math.sqrt(squares / (values.length - 1)) : 0 };
}
