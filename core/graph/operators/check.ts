/** Whether nodes are what ONNX says of their ops. */
import type { Attributes } from '../attribute.ts';
import type { Graph, Node, ValueType } from '../graph.ts';
import type { OperatorSchema, Parameter } from './notation.ts';
import { knowsAllOf, operatorSchema, operatorVersions } from './schema.ts';

/** A node with what is known of the element types around it; undefined where nothing is. */
export interface CheckedNode {
  readonly op: string;
  readonly domain: string;
  readonly attributes: Attributes;
  readonly inputs: readonly (Dtyped | 'left out')[];
  readonly outputs: readonly (Dtyped | 'left out')[];
}

type Dtyped = { readonly dtype: ValueType['dtype'] | undefined };

/**
 * What is wrong with a node in operator set `opset` of its domain, as the end of a sentence about it; undefined when
 * nothing is, or the op is of a domain that the table does not hold.
 */
export function operatorProblem(node: CheckedNode, opset: number): string | undefined {
  const schema = operatorSchema(node.op, node.domain, opset);
  if (!schema) {
    const [first] = operatorVersions(node.op, node.domain);
    if (first) return `is of operator set ${first.since}, and the graph has ${opset}`;
    return knowsAllOf(node.domain) ? 'is no op that its domain has' : undefined;
  }
  if (schema.deprecated) return `is no op any more since operator set ${schema.since}`;
  const types = new Map<string, string>();
  return (
    attributeProblem(node.attributes, schema) ??
    countProblem('input', node.inputs, schema.inputs, schema.least) ??
    countProblem('output', node.outputs, schema.outputs, 1) ??
    typeProblem('input', node.inputs, schema.inputs, schema, types) ??
    typeProblem('output', node.outputs, schema.outputs, schema, types)
  );
}

/** What is wrong with the nodes of a graph, each named; bodies and local functions are not looked into. */
export function operatorProblems(graph: Graph): string[] {
  const infos = new Map([...graph.outputs, ...graph.inputs].map((info) => [info.name, info]));
  const typed = (name: string): Dtyped | 'left out' => {
    if (name === '') return 'left out';
    const info = infos.get(name);
    // Of sequences and the like, the graph does not say the element type.
    return { dtype: info?.container ? undefined : graph.typeOf(name)?.dtype };
  };
  return graph.nodes.flatMap((node: Node) => {
    const opset = graph.opsets.get(node.domain);
    if (graph.functions.has(`${node.domain}:${node.op}`)) return [];
    const named = `node "${node.name || node.outputs[0]}"`;
    if (opset === undefined) return [`${named}: the graph has no operator set of domain "${node.domain}"`];
    const problem = operatorProblem(
      { ...node, inputs: node.inputs.map(typed), outputs: node.outputs.map(typed) },
      opset,
    );
    return problem ? [`${named}: ${node.op} ${problem}`] : [];
  });
}

function attributeProblem(attributes: Attributes, schema: OperatorSchema): string | undefined {
  for (const [name, { kind }] of Object.entries(attributes)) {
    const known = Object.hasOwn(schema.attributes, name) ? schema.attributes[name] : undefined;
    if (!known) return `has no attribute "${name}" (since operator set ${schema.since})`;
    if (known.kind !== kind) return `has attribute "${name}" of kind ${known.kind}, not ${kind}`;
  }
  const missing = Object.entries(schema.attributes).find(
    ([name, { required }]) => required && !attributes[name],
  );
  return missing && `needs attribute "${missing[0]}"`;
}

function countProblem(
  what: 'input' | 'output',
  values: CheckedNode['inputs'],
  parameters: readonly Parameter[],
  least: number,
): string | undefined {
  const variadic = parameters.at(-1)?.arity === 'variadic';
  if (values.length < least || (values.length > parameters.length && !variadic)) {
    const most = variadic ? ' or more' : parameters.length > least ? ` to ${parameters.length}` : '';
    return `has ${least}${most} ${what}s, not ${values.length}`;
  }
  const left = parameters.find((p, i) => p.arity === 'one' && values[i] === 'left out');
  return what === 'input' && left ? `needs input "${left.name}"` : undefined;
}

function typeProblem(
  what: 'input' | 'output',
  values: CheckedNode['inputs'],
  parameters: readonly Parameter[],
  schema: OperatorSchema,
  types: Map<string, string>,
): string | undefined {
  for (const [i, value] of values.entries()) {
    const parameter = parameters[i] ?? parameters.at(-1)!;
    if (value === 'left out' || value.dtype === undefined) continue;
    const { dtype } = value;
    const allowed = schema.types[parameter.type];
    if (allowed ? !allowed.includes(dtype) : !parameter.type.includes('(') && parameter.type !== dtype)
      return `takes no ${dtype} as ${what} "${parameter.name}" in operator set ${schema.since}`;
    if (!allowed || parameter.mixed) continue;
    const bound = types.get(parameter.type) ?? dtype;
    if (bound !== dtype) return `has ${what} "${parameter.name}" of type ${dtype} beside ${bound}`;
    types.set(parameter.type, bound);
  }
  return undefined;
}
