/** What is written to make a node, checked against the schemas when it is compiled. */
import type { OperatorSignatures } from './signatures.ts';

/** An op by its name; `domain:name` outside the standard domain. */
export type OperatorName = keyof OperatorSignatures<unknown>;

/** The inputs of an op, V standing for a value. */
export type OperatorInputs<K extends OperatorName, V> = OperatorSignatures<V>[K]['inputs'];

/** The attributes of an op. */
export type OperatorAttributes<K extends OperatorName> = Readonly<
  OperatorSignatures<unknown>[K]['attributes']
>;

/** Inputs, attributes, and whatever else a builder takes; attributes can be left out where the op requires none. */
export type OperatorArguments<K extends OperatorName, V, Options> =
  Record<never, never> extends OperatorAttributes<K>
    ? [inputs: OperatorInputs<K, V>, attributes?: OperatorAttributes<K>, options?: Options]
    : [inputs: OperatorInputs<K, V>, attributes: OperatorAttributes<K>, options?: Options];

/** Ops that such inputs are enough for: `OperatorTaking<readonly [Value, Value]>` holds 'Add', and 'Clip' too. */
export type OperatorTaking<Inputs extends readonly unknown[]> = {
  [K in OperatorName]: Inputs extends OperatorInputs<K, Inputs[number]>
    ? Record<never, never> extends OperatorAttributes<K>
      ? K
      : never
    : never;
}[OperatorName];
