/**
 * Reading attributes. What a node leaves out is what ONNX's schemas say of its op, so that no default is written by hand:
 *
 *     intAttribute(node, 'keepdims')             what the node says, else the default of its op
 *     intAttribute(node, 'axis', { opset: 11 })  the same, where operator sets differ in the default
 *     intsAttribute(node, 'strides', undefined)  what the node says, else undefined: no op has a default for it
 *
 * A name that any op requires or has a default for takes no fallback but undefined: another one does not compile.
 */
import { MarnetError } from '../../errors.ts';
import type { Attribute, Attributes } from '../attribute.ts';
import { attributeDefault } from './schema.ts';
import type { SettledAttributes } from './signatures.ts';

type Kind = keyof SettledAttributes;

interface HasAttributes {
  readonly attributes: Attributes;
}

interface OperatorNode extends HasAttributes {
  readonly op: string;
  readonly domain: string;
}

interface OperatorSet {
  readonly opset: number;
}

type Fallback<K extends Kind, N extends string, T> = N extends SettledAttributes[K] ? undefined : T;

interface Reader<K extends Kind, V> {
  /**
   * What the node says, else the default of its op.
   * @throws MarnetError 'unsupported-model' where the node leaves out what its op has no default for.
   */
  (node: OperatorNode, name: SettledAttributes[K], at?: OperatorSet): V;
  /** What the node says, else `fallback`. */
  <N extends string, T extends V | undefined>(
    node: HasAttributes,
    name: N,
    fallback: T & Fallback<K, N, T>,
  ): V | T;
}

function reader<K extends Kind, V>(kind: K): Reader<K, V> {
  const read = (node: OperatorNode, name: string, ...more: readonly unknown[]): unknown => {
    const attribute: Attribute | undefined = node.attributes[name];
    if (attribute?.kind === kind) return attribute.value;
    const [last] = more;
    if (isOperatorSet(last)) return defaultOf(node, name, kind, last.opset);
    return more.length > 0 ? last : defaultOf(node, name, kind, undefined);
  };
  return read as Reader<K, V>;
}

const isOperatorSet = (value: unknown): value is OperatorSet =>
  typeof value === 'object' && value !== null && 'opset' in value;

function defaultOf(node: OperatorNode, name: string, kind: Kind, opset: number | undefined): unknown {
  const found = attributeDefault(node, name, opset);
  if (found === undefined)
    throw new MarnetError(
      'unsupported-model',
      `a node of op ${node.domain ? `${node.domain}.` : ''}${node.op} has no attribute "${name}", and the op no default for it`,
      { hint: 'Export the model again: onnx.checker.check_model says what else is wrong with it.' },
    );
  // A float attribute is a float32, in files and in runtimes.
  return kind === 'float' ? Math.fround(found as number) : found;
}

export const intAttribute = reader<'int', number>('int');
export const floatAttribute = reader<'float', number>('float');
export const stringAttribute = reader<'string', string>('string');
export const intsAttribute = reader<'ints', readonly number[]>('ints');
export const floatsAttribute = reader<'floats', readonly number[]>('floats');
