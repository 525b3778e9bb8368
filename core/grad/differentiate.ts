/**
 * Reverse-mode differentiation over a graph. For y = f(x1..xn) with gradient dy, a rule gives each dxi; a value that
 * several nodes read gets the sum of what they give. This engine alone checks arity, accumulates, sums broadcast axes
 * away and checks types, so that rules can be as short as their formulas.
 */
import { MarnetError } from '../errors.ts';
import {
  ancestorsOf,
  type Graph,
  GraphBuilder,
  isFloating,
  type Node,
  readsOf,
  type Shape,
  sizeOf,
  usesOf,
  type Value,
} from '../graph/index.ts';
import { activePart, requireFloating } from './active.ts';
import { createRuleContext } from './context.ts';
import { decompose } from './decompose.ts';
import { noGradientError } from './missing-rule.ts';
import { builtInRegistry, type RuleRegistry } from './registry.ts';
import { sumToShape } from './sum-to-shape.ts';

/**
 * Appends the gradient of `loss` to the graph.
 *
 * @param graph all values between `wrt` and `loss` must have fixed shapes in `graph.types`. It is changed in place:
 *   nodes between them that are composed of simpler ops are replaced by those (see decompose.ts), and it is extended by
 *   plain ONNX nodes and ops of the domain 'marnet.grad' (see ops.ts), which core/lower turns into plain ONNX.
 * @param loss a floating value with exactly one element.
 * @param wrt floating values: graph inputs, constants or outputs of nodes.
 * @param registry the rules to use; the built-in ones unless told.
 * @returns the gradient's name for each name of `wrt`, with the value's dtype and shape. A value that the loss does
 *   not depend on differentiably has no entry. Two values may share one gradient (both terms of a sum, say).
 * @throws MarnetError 'no-gradient' when an op in between has no rule, 'usage' when a name is unknown, not floating, or
 *   the loss has more than one element.
 */
export function differentiate(
  graph: Graph,
  loss: string,
  wrt: readonly string[],
  registry: RuleRegistry = builtInRegistry,
): Record<string, string> {
  requireFloating(graph, loss, 'loss');
  for (const name of wrt) requireFloating(graph, name, 'value to differentiate by');
  const unshaped = unshapedError(graph, loss, wrt, registry);
  try {
    decompose(graph, loss, wrt, registry);
  } catch (error) {
    throw unshaped ?? error;
  }
  const part = activePart(graph, loss, wrt, registry);
  const result: Record<string, string> = {};
  if (!part.values.has(loss)) return result;

  if (unshaped && [...part.values].some((name) => isOpen(graph, name))) throw unshaped;

  const builder = new GraphBuilder(graph, 'gradient/');
  const uses = usesOf(graph);
  const sums = new Accumulator(builder);
  sums.add(loss, seed(builder, loss));
  for (const node of part.nodes.toReversed()) {
    const outputGradients = node.outputs.map((output) => (output ? sums.total(output) : undefined));
    if (outputGradients.every((g) => g === undefined)) continue;
    const fail = (why: string, cause?: unknown) => noGradientError(graph, part, loss, node, why, cause);
    const rule = registry.find(node);
    if (rule?.unsupported) throw fail(rule.unsupported);
    if (!rule?.gradient || rule.gradient === 'none') throw fail(NO_RULE);
    const ignored = outputGradients.findIndex((gradient, i) => gradient && i >= (rule.outputs ?? 1));
    if (ignored !== -1)
      throw fail(`its rule has no gradient for its output ${ignored}, which reaches the loss`);
    const context = createRuleContext({ builder, uses, node, outputGradients, active: part.values, fail });
    const gradients = rule.gradient(context);
    if (gradients.length > node.inputs.length)
      throw broken(node, `gives ${gradients.length} gradients for ${node.inputs.length} inputs`);
    node.inputs.forEach((input, i) => {
      if (!part.values.has(input)) return;
      const given = gradients[i];
      const gradient = typeof given === 'function' ? given() : given;
      if (gradient) sums.add(input, fitted(builder, node, i, gradient));
    });
  }
  for (const name of wrt) {
    const total = sums.total(name);
    if (total) result[name] = total.name;
  }
  return result;
}

/**
 * What to say where shapes are open that a gradient needs: of the node that brings the first of them, as those that read
 * them would fail for a reason that is none of theirs (an If's and a Loop's sizes are known only in the run).
 */
function unshapedError(
  graph: Graph,
  loss: string,
  wrt: readonly string[],
  registry: RuleRegistry,
): MarnetError | undefined {
  const needed = ancestorsOf(graph, [loss]);
  const read = new Set([loss, ...needed.flatMap(readsOf)]);
  const node = needed.find(({ outputs }) => outputs.some((name) => read.has(name) && isOpen(graph, name)));
  if (!node) return undefined;
  const part = activePart(graph, loss, wrt, registry);
  const rule = registry.find(node);
  const isMissing = !rule && part.nodes.includes(node);
  const reason =
    rule?.unsupported ??
    (isMissing ? NO_RULE : 'the shape of what it gives is not known, though its inputs have fixed sizes');
  return noGradientError(graph, part, loss, node, reason);
}

const NO_RULE = 'there is no gradient rule for it';

/** Whether it is a float of open shape. */
function isOpen(graph: Graph, name: string): boolean {
  const type = graph.typeOf(name);
  return !type || (isFloating(type.dtype) && !isFixed(type.shape ?? ['?']));
}

/** The gradient of the loss by itself: one. */
function seed(builder: GraphBuilder, loss: string): Value {
  const value = builder.value(loss);
  if (!isFixed(value.shape) || sizeOf(value.shape) !== 1)
    throw new MarnetError('usage', `the loss "${loss}" has shape [${value.shape}], not one element`, {
      hint: 'Reduce it to a single number first, for example by its mean.',
    });
  return builder.reshape(builder.scalar(1, value), value.shape);
}

/** The gradient in the input's own shape. */
function fitted(builder: GraphBuilder, node: Node, i: number, gradient: Value): Value {
  const value = builder.value(node.inputs[i]!);
  if (gradient.dtype !== value.dtype)
    throw broken(node, `gives a ${gradient.dtype} gradient for input ${i}, which is ${value.dtype}`);
  const result =
    isFixed(value.shape) && isFixed(gradient.shape) ? sumToShape(builder, gradient, value.shape) : undefined;
  if (!result) throw broken(node, `gives a gradient [${gradient.shape}] for input ${i} [${value.shape}]`);
  return result;
}

function broken(node: Node, what: string): MarnetError {
  return new MarnetError('internal', `the gradient rule of ${node.op} (node "${node.name}") ${what}`);
}

function isFixed(shape: Shape): shape is readonly number[] {
  return shape.every((dim) => typeof dim === 'number');
}

/** Sums of the gradients that the readers of each value contribute. */
class Accumulator {
  readonly #builder: GraphBuilder;
  readonly #contributions = new Map<string, Value[]>();

  constructor(builder: GraphBuilder) {
    this.#builder = builder;
  }

  add(name: string, gradient: Value): void {
    const list = this.#contributions.get(name);
    if (list) list.push(gradient);
    else this.#contributions.set(name, [gradient]);
  }

  /** Asked for only when all readers of the value have contributed. Pairwise: there is no n-ary sum on every device. */
  total(name: string): Value | undefined {
    const list = this.#contributions.get(name);
    if (!list) return undefined;
    const total = list.reduce((a, b) => this.#builder.add(a, b));
    this.#contributions.set(name, [total]);
    return total;
  }
}
