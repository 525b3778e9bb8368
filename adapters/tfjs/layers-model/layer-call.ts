import { MarnetError } from '../../../core/errors.ts';
import type { GraphBuilder, Tensor, Value } from '../../../core/graph/index.ts';
import type { Padding } from '../ops/index.ts';
import type { LayerConfig } from './config.ts';
import { isObject, type Json, type JsonObject } from './json.ts';
import type { WeightTable } from './weights.ts';

/** Emits what a layer does to its inputs. The layout is channels-last whatever the layer's `data_format` says. */
export type LayerTranslation = (call: LayerCall) => Value;

/** Translations by class name, as a user gives them. */
export type LayerTranslations = Readonly<Record<string, LayerTranslation>>;

/** Translations by class name. */
export type LayerTable = ReadonlyMap<string, LayerTranslation>;

export interface LayerSurroundings {
  readonly builder: GraphBuilder;
  readonly weights: WeightTable;
  /** Names of the models around the layer, from the outermost. */
  readonly scopes: readonly string[];
  /** Begins the names of the layer's values: 'outer/' in a nested model. */
  readonly path: string;
  readonly keras: 2 | 3;
}

interface Given {
  readonly inputs: readonly Value[];
  readonly options: JsonObject;
}

/** One call of one layer, with its configuration read by type. */
export class LayerCall {
  readonly builder: GraphBuilder;
  readonly className: string;
  /** The layer's own name. */
  readonly layer: string;
  /** The layer's name behind those of the nested models around it; begins the names of its constants. */
  readonly name: string;
  readonly config: JsonObject;
  /** What it is called on; a number that an operator is called with is a constant of rank 0. */
  readonly inputs: readonly Value[];
  /** Named arguments of the call. */
  readonly options: JsonObject;
  readonly keras: 2 | 3;
  readonly #around: LayerSurroundings;
  readonly #config: LayerConfig;
  #taken = 0;

  constructor(around: LayerSurroundings, layer: LayerConfig, given: Given) {
    this.#around = around;
    this.#config = layer;
    this.builder = around.builder;
    this.className = layer.className;
    this.layer = layer.name;
    this.name = [...around.scopes.slice(1), layer.name].join('/');
    this.config = layer.config;
    this.inputs = given.inputs;
    this.options = given.options;
    this.keras = around.keras;
  }

  /** The same call on other inputs. */
  on(inputs: readonly Value[]): LayerCall {
    return new LayerCall(this.#around, this.#config, { inputs, options: this.options });
  }

  /** The only input. @throws MarnetError 'not-a-model' when there are none. */
  get x(): Value {
    const [x] = this.inputs;
    if (!x) throw this.unsupported('it is called on nothing', 'not-a-model');
    return x;
  }

  /**
   * The layer's next weight, by any of its names. Ask for a layer's weights in the order in which Keras makes them: some
   * writers number them.
   * @throws MarnetError 'external-data' when it is missing.
   */
  weight(...names: readonly string[]): Tensor {
    const index = String(this.#taken++);
    for (const name of [...names, index]) {
      const found = this.#around.weights.find(this.#around.scopes, this.layer, name);
      if (found) return found;
    }
    return this.#around.weights.missing(this.layer, this.className, names[0]!);
  }

  /** As `weight`, or undefined where the layer is made without it. */
  weightIf(present: boolean, ...names: readonly string[]): Tensor | undefined {
    return present ? this.weight(...names) : undefined;
  }

  /** A number of the configuration; `fallback`, Keras' default, where it is absent. */
  number<T extends number | undefined>(key: string, fallback: T): number | T {
    const value = this.config[key];
    return typeof value === 'number' ? value : fallback;
  }

  /** A truth value of the configuration, likewise. */
  flag(key: string, fallback: boolean): boolean {
    const value = this.config[key];
    return typeof value === 'boolean' ? value : fallback;
  }

  /** A text of the configuration, likewise. */
  text(key: string, fallback: string): string {
    const value = this.config[key];
    return typeof value === 'string' ? value : fallback;
  }

  /** A number for each of `count` axes; one number stands for all. */
  perAxis(key: string, count: number, fallback: number): readonly number[] {
    const value = this.config[key];
    if (typeof value === 'number') return new Array<number>(count).fill(value);
    const list = numbersOf(value);
    return list.length === count ? list : new Array<number>(count).fill(list[0] ?? fallback);
  }

  /** [before, after] for each of `count` axes, written as pairs, as one number an axis, or as one number. */
  sides(key: string, count: number, fallback: number): readonly (readonly [number, number])[] {
    const value = this.config[key];
    if (count === 1 && Array.isArray(value) && typeof value[0] === 'number')
      return [[value[0], Number(value[1] ?? value[0])]];
    if (Array.isArray(value) && Array.isArray(value[0]))
      return value.map((pair: number[]) => [pair[0]!, pair[1]!] as const);
    return this.perAxis(key, count, fallback).map((n) => [n, n] as const);
  }

  /** `padding` of convolutions and pooling. */
  padding(): Padding {
    const padding = this.text('padding', 'valid').toLowerCase();
    if (padding === 'same' || padding === 'valid') return padding === 'same' ? 'SAME' : 'VALID';
    throw this.unsupported(`padding "${padding}" has no translation`);
  }

  /** The error to throw for what cannot be translated; `why` ends a sentence that names the layer. */
  unsupported(why: string, code: 'unsupported-model' | 'not-a-model' = 'unsupported-model'): MarnetError {
    return new MarnetError(code, `layer "${this.name}" of class ${this.className}: ${why}`, {
      hint: 'An adapter can supply a translation for this class of layer.',
    });
  }
}

export function numbersOf(value: Json): number[] {
  return Array.isArray(value) ? value.filter((v) => typeof v === 'number') : [];
}

/** Name and options of an activation: a name, or an object (with the options of an activation layer) that has one. */
export function activationConfig(value: Json): { readonly name: string; readonly config: JsonObject } {
  if (typeof value === 'string') return { name: value, config: {} };
  if (!isObject(value)) return { name: 'linear', config: {} };
  const config = isObject(value.config) ? value.config : {};
  const name = typeof value.config === 'string' ? value.config : value.class_name;
  // Keras 3 writes a function as { class_name: 'function', config: 'relu' }.
  return { name: typeof name === 'string' ? name : 'linear', config };
}
