/** The signature of an op, and the notation in which tables hold its versions. */

/** The table as it is written; `codegen/operators/read_schemas.py` explains the notation. */
export interface OperatorTable {
  /** Sets of element types by name. */
  readonly types: Readonly<Record<string, readonly string[]>>;
  /** Versions by op, the oldest first; 'domain:op' outside the standard domain. */
  readonly operators: Readonly<Record<string, readonly OperatorEntry[]>>;
}

/** One version; a field left out is as in the version before, or empty in the first. */
export interface OperatorEntry {
  readonly since: number;
  readonly inputs?: readonly string[];
  readonly outputs?: readonly string[];
  readonly least?: number;
  readonly types?: Readonly<Record<string, string>>;
  readonly attributes?: Readonly<Record<string, readonly unknown[]>>;
  readonly deprecated?: boolean;
}

/** An input or output of an op. */
export interface Parameter {
  readonly name: string;
  /** 'variadic': it and any number of further ones; it comes last. */
  readonly arity: 'one' | 'optional' | 'variadic';
  /** An element type, or a variable: parameters with one variable are of one type. */
  readonly type: string;
  /** Whether the values of a variadic one may be of different types. */
  readonly mixed: boolean;
}

export interface AttributeSchema {
  /** 'opaque' for kinds that the graph keeps as bytes. */
  readonly kind: 'int' | 'float' | 'string' | 'tensor' | 'graph' | 'ints' | 'floats' | 'strings' | 'opaque';
  readonly required: boolean;
  /** What it is where a node leaves it out; undefined where the op says so in words. */
  readonly default: number | string | readonly number[] | readonly string[] | undefined;
}

/** One version of an op. */
export interface OperatorSchema {
  /** The operator set that brought it. */
  readonly since: number;
  readonly inputs: readonly Parameter[];
  readonly outputs: readonly Parameter[];
  /** The least number of inputs. */
  readonly least: number;
  /** What each type variable stands for. */
  readonly types: Readonly<Record<string, readonly string[]>>;
  readonly attributes: Readonly<Record<string, AttributeSchema>>;
  /** From here on there is no such op any more. */
  readonly deprecated: boolean;
}

export function resolveVersions(
  entries: readonly OperatorEntry[],
  types: OperatorTable['types'],
): OperatorSchema[] {
  let full: Required<OperatorEntry> = {
    since: 0,
    inputs: [],
    outputs: [],
    least: 0,
    types: {},
    attributes: {},
    deprecated: false,
  };
  return entries.map((entry, i) => {
    full = { ...full, ...entry };
    const inputs = full.inputs.map(parameter);
    return {
      since: full.since,
      inputs,
      outputs: full.outputs.map(parameter),
      least: Math.max(full.least, inputs.filter(({ arity }) => arity === 'one').length),
      types: mapped(full.types, (name) => types[name]!),
      attributes: mapped(full.attributes, attribute),
      // A first version that is marked (GroupNormalization 18) was given another meaning later; models have it.
      deprecated: full.deprecated && i > 0,
    };
  });
}

function parameter(text: string): Parameter {
  const [, name, mark, mixed, type] = /^(.*?)([?*]?)(~?):(.*)$/.exec(text) as unknown as string[];
  const arity = mark === '?' ? 'optional' : mark === '*' ? 'variadic' : 'one';
  return { name: name!, arity, type: type!, mixed: mixed === '~' };
}

function attribute([kind, fallback]: readonly unknown[]): AttributeSchema {
  const text = kind as string;
  return {
    kind: text.replace('!', '') as AttributeSchema['kind'],
    required: text.endsWith('!'),
    default: fallback as AttributeSchema['default'],
  };
}

function mapped<A, B>(record: Readonly<Record<string, A>>, f: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, f(value)]));
}
