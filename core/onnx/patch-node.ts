import type { Attribute, Constant, Node } from '../graph/index.ts';
import { Message } from './message.ts';
import type { NodeRecord } from './node-record.ts';
import { copyOf, Rewrite, withContent } from './rewrite.ts';
import type { Piece, Rope } from './rope.ts';
import { ATTRIBUTE, NODE } from './schema.ts';
import type { ByteSource } from './source.ts';
import { type Field, readFields, text } from './wire.ts';
import { attributePiece } from './write-records.ts';

/**
 * A node's record with what differs between the record and `node` written anew, field by field, so that a change
 * that is later taken back gives the original bytes.
 * @param existing what becomes of its tensors that are in other files.
 */
export function patchNode(
  source: ByteSource,
  field: Field,
  record: NodeRecord,
  node: Node,
  existing: 'keep' | 'inline',
): Piece {
  const moves = existing === 'inline' && record.inside.size > 0;
  if (node === record.node && !moves) return copyOf(source, field);
  const { fields } = record;
  const rewrite = new Rewrite();
  patchStrings(rewrite, source, fields, NODE.input, node.inputs);
  patchStrings(rewrite, source, fields, NODE.output, node.outputs);
  patchStrings(rewrite, source, fields, NODE.name, node.name === '' ? [] : [node.name]);
  patchStrings(rewrite, source, fields, NODE.opType, [node.op]);
  if (node.domain !== record.node.domain)
    patchStrings(rewrite, source, fields, NODE.domain, node.domain === '' ? [] : [node.domain]);
  patchAttributes(rewrite, source, record, node.attributes, moves);
  return rewrite.isEmpty ? copyOf(source, field) : withContent(source, field, rewrite.apply(source, fields));
}

/** The Constant node of `record` with another name for its value, or another value. */
export function patchConstantNode(
  source: ByteSource,
  field: Field,
  record: NodeRecord,
  name: string,
  changed: Constant | undefined,
  existing: 'keep' | 'inline',
): Piece {
  const { attributes } = record.node;
  const node: Node = {
    ...record.node,
    outputs: [name],
    attributes: changed ? { value: { kind: 'tensor', value: changed.read() } } : attributes,
  };
  return patchNode(source, field, record, node, existing);
}

function patchStrings(
  rewrite: Rewrite,
  source: ByteSource,
  fields: readonly Field[],
  number: number,
  values: readonly string[],
): void {
  const stringField = (value: string): Rope => new Message().string(number, value).rope;
  let seen = 0;
  let last = -1;
  fields.forEach((field, index) => {
    if (field.number !== number) return;
    last = index;
    const value = values[seen++];
    const old = text(source, field);
    if (value === undefined) {
      // An empty name or domain that is written out says the same as none.
      if (old !== '' || number === NODE.input || number === NODE.output) rewrite.replace(index);
    } else if (value !== old) rewrite.replace(index, stringField(value));
  });
  for (const value of values.slice(seen)) rewrite.add(last, stringField(value));
}

function patchAttributes(
  rewrite: Rewrite,
  source: ByteSource,
  { fields, node, inside }: NodeRecord,
  attributes: Node['attributes'],
  moves: boolean,
): void {
  const written = new Set<string>();
  let last = fields.length - 1;
  fields.forEach((field, index) => {
    if (field.number !== NODE.attribute) return;
    last = index;
    const parts = readFields(source, field.body, field.end, 'attribute');
    const nameField = parts.find((p) => p.number === ATTRIBUTE.name);
    const name = nameField ? text(source, nameField) : '';
    written.add(name);
    const attribute = attributes[name];
    if (!attribute) rewrite.replace(index);
    else if (!sameAttribute(attribute, node.attributes[name]))
      rewrite.replace(index, attributeField(name, attribute));
    else if (moves && inside.has(name)) rewrite.replace(index, withContent(source, field, inside.get(name)!));
  });
  for (const [name, attribute] of Object.entries(attributes))
    if (!written.has(name)) rewrite.add(last, attributeField(name, attribute));
}

function attributeField(name: string, attribute: Attribute): Rope {
  return new Message().bytes(NODE.attribute, attributePiece(name, attribute)).rope;
}

function sameAttribute(a: Attribute, b: Attribute | undefined): boolean {
  if (a === b) return true;
  if (a.kind !== b?.kind) return false;
  if (a.kind === 'tensor' || a.kind === 'graph' || a.kind === 'opaque') return false;
  const [left, right] = [[a.value].flat(), [(b as typeof a).value].flat()];
  return left.length === right.length && left.every((value, i) => Object.is(value, right[i]));
}
