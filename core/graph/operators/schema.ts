/** Signatures of ops by operator set: what `table.ts`, generated from a schema file of ONNX, says. */
import type { Attributes } from '../attribute.ts';
import type { OperatorAttributes, OperatorName } from './arguments.ts';
import { type AttributeSchema, type OperatorSchema, resolveVersions } from './notation.ts';
import { OPERATOR_TABLE } from './table.ts';

/** Domains of which the table holds every op. */
const WHOLE_DOMAINS: readonly string[] = ['', 'com.microsoft.nchwc'];

/** Whether the table can tell that the domain has no such op. */
export function knowsAllOf(domain: string): boolean {
  return WHOLE_DOMAINS.includes(domain);
}

const resolved = new Map<string, readonly OperatorSchema[]>();

/** All versions of an op, the oldest first; none for an op that the table does not hold. */
export function operatorVersions(op: string, domain = ''): readonly OperatorSchema[] {
  const key = domain === '' ? op : `${domain}:${op}`;
  let versions = resolved.get(key);
  if (!versions) {
    const entries = Object.hasOwn(OPERATOR_TABLE.operators, key) ? OPERATOR_TABLE.operators[key]! : [];
    versions = resolveVersions(entries, OPERATOR_TABLE.types);
    resolved.set(key, versions);
  }
  return versions;
}

/** The op as operator set `opset` of its domain has it; undefined where that has none, or the table does not hold it. */
export function operatorSchema(op: string, domain: string, opset: number): OperatorSchema | undefined {
  return operatorVersions(op, domain).findLast(({ since }) => since <= opset);
}

/**
 * What attribute `name` is where a node of the op leaves it out; undefined where there is none, the op says it in words,
 * or operator sets differ in it and `opset` is not told.
 */
export function attributeDefault(
  { op, domain }: { readonly op: string; readonly domain: string },
  name: string,
  opset?: number,
): AttributeSchema['default'] {
  const schemas = opset === undefined ? operatorVersions(op, domain) : [operatorSchema(op, domain, opset)];
  const found = schemas.flatMap((schema) => schema?.attributes[name] ?? []);
  const [first, ...others] = found.map((attribute) => attribute.default);
  return others.every((other) => String(other) === String(first)) ? first : undefined;
}

/** Of `attributes`, those that the op has in any operator set: for an op that stands in for another one's node. */
export function attributesOf<K extends OperatorName>(op: K, attributes: Attributes): OperatorAttributes<K> {
  const [name, domain] = op.split(':').reverse() as [string, string?];
  const known = new Set(operatorVersions(name, domain).flatMap((version) => Object.keys(version.attributes)));
  return Object.fromEntries(
    Object.entries(attributes).filter(([key]) => known.has(key)),
  ) as OperatorAttributes<K>;
}
