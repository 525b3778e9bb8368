import {
  type Attributes,
  floatAttribute,
  floatsAttribute,
  intAttribute,
  intsAttribute,
  stringAttribute,
} from '../../../core/graph/index.ts';
import type { Array64 } from './array.ts';

/** A forward op as the reference interpreter sees it. */
export class Call {
  readonly attributes: Attributes;
  readonly inputs: readonly (Array64 | undefined)[];
  readonly outputCount: number;

  constructor(attributes: Attributes, inputs: readonly (Array64 | undefined)[], outputCount: number) {
    this.attributes = attributes;
    this.inputs = inputs;
    this.outputCount = outputCount;
  }

  get x(): Array64 {
    return this.input(0);
  }
  input(i: number): Array64 {
    const input = this.inputs[i];
    if (!input) throw new RangeError(`input ${i} is missing`);
    return input;
  }
  /** The elements of a list that is an attribute or input i. */
  list(name: string, i: number): number[] | undefined {
    const attribute = intsAttribute(this, name, undefined);
    if (attribute) return [...attribute];
    const input = this.inputs[i];
    return input && Array.from(input.data);
  }
  int = (name: string, fallback: number): number => intAttribute(this, name, fallback);
  float = (name: string, fallback: number): number => floatAttribute(this, name, fallback);
  ints = (name: string, fallback: readonly number[]): readonly number[] =>
    intsAttribute(this, name, fallback);
  floats = (name: string, fallback: readonly number[]): readonly number[] =>
    floatsAttribute(this, name, fallback);
  text = (name: string, fallback: string): string => stringAttribute(this, name, fallback);
}

export type Operators = Readonly<Record<string, (call: Call) => Array64 | Array64[]>>;
