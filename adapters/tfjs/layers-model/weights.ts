/**
 * Which entry of the weights manifest is a layer's weight. tfjs-layers names it `<layer>/<weight>`. Other writers put the
 * names of the models around the layer before that (`outer/inner/kernel`), another scope between layer and weight, or
 * number the weights of a layer instead (`<layer>/0`, `_layers/<layer>/vars/0`).
 */
import { MarnetError } from '../../../core/errors.ts';
import type { Tensor } from '../../../core/graph/index.ts';

export type Weights = ReadonlyMap<string, Tensor>;

/** The weights of a model by every name under which they are looked up. */
export class WeightTable {
  readonly #exact: Weights;
  /** Entries by their last name and the one before, or the one before that where a scope stands between. */
  readonly #bySuffix = new Map<string, string[]>();

  constructor(weights: Weights) {
    this.#exact = weights;
    for (const name of weights.keys()) {
      const parts = name
        .split('/')
        .map((part) => part.replace(/^_+/, ''))
        .filter((part) => part !== 'vars');
      const last = parts.at(-1)!;
      for (const part of new Set(parts.slice(-3, -1))) {
        const key = `${part}/${last}`;
        this.#bySuffix.set(key, [...(this.#bySuffix.get(key) ?? []), name]);
      }
    }
  }

  /**
   * The weight of a layer, or undefined. The most specific name wins; one that only ends in the same way has to be the
   * only one that does.
   * @param scopes names of the models around the layer, from the outermost.
   */
  find(scopes: readonly string[], layer: string, weight: string): Tensor | undefined {
    for (let from = 0; from <= scopes.length; from++) {
      const found = this.#exact.get([...scopes.slice(from), layer, weight].join('/'));
      if (found) return found;
    }
    const candidates = this.#bySuffix.get(`${layer}/${weight}`) ?? [];
    const inner = scopes.at(-1);
    const scoped = candidates.filter((name) => inner !== undefined && name.split('/').includes(inner));
    const only = candidates.length === 1 ? candidates : scoped;
    return only.length === 1 ? this.#exact.get(only[0]!) : undefined;
  }

  /** @throws MarnetError 'external-data' that names the weight and those that come near. */
  missing(layer: string, className: string, weight: string): never {
    const near = [...this.#exact.keys()].filter((name) => name.split('/').includes(layer));
    const has = near.length > 0 ? `; of that layer they have ${near.slice(0, 6).join(', ')}` : '';
    throw new MarnetError(
      'external-data',
      `the weights have no "${layer}/${weight}" for the ${className} layer "${layer}"${has}`,
      {
        hint: 'Check that model.json and its weight files are of the same model, or convert the model again.',
      },
    );
  }
}
