/** The walk that puts Transposes off: each value may stand for the Transpose of another one, its source. */
import {
  type Graph,
  intsAttribute,
  type Node,
  type Shape,
  sizeOf,
  type Tensor,
  toNumbers,
} from '../../../core/graph/index.ts';
import { transposeTensor } from '../ops/index.ts';
import { compose, equal, inverse, isIdentity, type Permutation, sourceShape } from './permutation.ts';
import { Rebuilt } from './rebuilt.ts';
import { targetOf } from './reshape.ts';
import { canReorder, flattenedOrder, readerOf, reorder } from './row-order.ts';
import type { LayoutRules, Moved, Site } from './rule.ts';

/** A value that is Transpose(source, perm). */
interface Deferred {
  readonly source: string;
  readonly perm: Permutation;
}

export class Sinking {
  /** The graph as it was. */
  readonly #graph: Graph;
  readonly #rules: LayoutRules;
  readonly #rebuilt: Rebuilt;
  readonly #deferred = new Map<string, Deferred>();
  /** Values whose elements are in another order: order[k] is the place of element k. */
  readonly #orders = new Map<string, readonly number[]>();

  constructor(graph: Graph, rules: LayoutRules) {
    this.#graph = graph;
    this.#rules = rules;
    this.#rebuilt = new Rebuilt(graph);
  }

  run(): Graph {
    for (const node of this.#graph.nodes) this.#visit(node);
    return this.#rebuilt.graph;
  }

  #visit(node: Node): void {
    if (node.domain === '' && node.op === 'Transpose' && this.#defer(node)) return;
    if (this.#reorders(node)) return;
    const isTyped = node.outputs.every((output) => output === '' || this.#shape(output));
    const touched = isTyped && node.inputs.some((input) => this.#deferred.has(input));
    if (touched && node.domain === '' && node.op === 'Shape' && this.#shapeOfSource(node)) return;
    const moved = touched ? this.#rules.get(`${node.domain}:${node.op}`)?.(this.#site(node)) : undefined;
    if (moved) this.#emitMoved(node, moved);
    else if (!touched || !this.#flatten(node)) this.#emitAsIs(node);
  }

  /** A Transpose is put off. */
  #defer(node: Node): boolean {
    const [x, y] = [node.inputs[0]!, node.outputs[0]!];
    const shape = this.#shape(x);
    if (!shape || this.#graph.constants.has(x)) return false;
    const perm = intsAttribute(node, 'perm', undefined) ?? shape.map((_, i) => shape.length - 1 - i);
    const inner = this.#deferred.get(x) ?? { source: x, perm: shape.map((_, i) => i) };
    this.#put(y, this.#takesName(x, y, inner) ? y : inner.source, compose(inner.perm, perm));
    return true;
  }

  /**
   * A value has the model's name after the Transpose that brings it back to the model's order of axes, and one made up by the
   * graph builder before it. The name goes with the meaning: the source takes it over.
   */
  #takesName(x: string, y: string, inner: Deferred): boolean {
    const { pinned, uses } = this.#rebuilt;
    const maker = inner.source === x ? this.#rebuilt.maker(x) : undefined;
    const isMadeUp = maker?.name === `${maker?.op}:${x}` || maker?.name.startsWith(`${y}/`);
    if (
      !isMadeUp ||
      maker?.outputs.length !== 1 ||
      uses.consumers(x).length !== 1 ||
      pinned.has(x) ||
      pinned.has(y)
    )
      return false;
    this.#rebuilt.rename(x, y);
    return true;
  }

  /** Records what the value stands for; values that must be there under their own name are emitted at once. */
  #put(name: string, source: string, perm: Permutation): void {
    if (isIdentity(perm) && source === name) return;
    if (this.#rebuilt.pinned.has(name)) this.#rebuilt.transposedAs(name, source, perm);
    this.#deferred.set(name, { source, perm });
  }

  #emitAsIs(node: Node): void {
    const inputs = node.inputs.map((input) => (input === '' ? '' : this.#asItWas(input)));
    this.#rebuilt.push(inputs.every((input, i) => input === node.inputs[i]) ? node : { ...node, inputs });
    for (const output of node.outputs) this.#rebuilt.keepType(output);
  }

  #emitMoved(node: Node, moved: Moved): void {
    const perms = moved.perms.map((perm) => (perm && isIdentity(perm) ? undefined : perm));
    const outputs = node.outputs.map((output, i) =>
      output !== '' && perms[i] && this.#rebuilt.pinned.has(output)
        ? this.#rebuilt.unique(`${output}/source`)
        : output,
    );
    const { op = node.op, inputs, attributes = node.attributes } = moved;
    // Two nodes of one name are none: the Transpose to follow has the output's.
    const name = outputs[0] === node.outputs[0] ? node.name : outputs[0]!;
    this.#rebuilt.push({ ...node, op, name, inputs, outputs, attributes });
    node.outputs.forEach((output, i) => {
      const perm = perms[i];
      const type = this.#graph.typeOf(output);
      if (output === '' || !perm) this.#rebuilt.keepType(output);
      else {
        this.#rebuilt.graph.types.set(outputs[i]!, { ...type!, shape: sourceShape(type!.shape!, perm) });
        this.#put(output, outputs[i]!, perm);
      }
    });
  }

  /** The shape of a Transpose is the shape of its source in another order. */
  #shapeOfSource(node: Node): boolean {
    const { source, perm } = this.#deferred.get(node.inputs[0]!)!;
    if (Object.keys(node.attributes).length > 0) return false;
    const type = { dtype: 'int64', shape: [perm.length] } as const;
    const shape = this.#rebuilt.unique(`${node.outputs[0]}/source`);
    this.#rebuilt.emit('Shape', [source], {}, shape, type);
    this.#rebuilt.emit('Gather', [shape, this.#rebuilt.integers(perm)], {}, node.outputs[0]!, type);
    return true;
  }

  /** Flatten of images into a vector that only dense layers read: they take the source's order of elements instead. */
  #flatten(node: Node): boolean {
    if (node.domain !== '' || (node.op !== 'Reshape' && node.op !== 'Flatten')) return false;
    const [x, y] = [node.inputs[0]!, node.outputs[0]!];
    const deferred = this.#deferred.get(x);
    const [from, to] = [this.#shape(x), this.#shape(y)];
    const dims = from?.slice(1);
    if (deferred?.perm[0] !== 0 || to?.length !== 2 || to[0] !== from?.[0]) return false;
    if (!dims?.every((d) => typeof d === 'number') || to[1] !== sizeOf(dims)) return false;
    if (!canReorder(this.#graph, this.#rebuilt.uses, this.#rebuilt.pinned, y)) return false;
    const target = targetOf(to);
    if (!target) return false;
    const inputs = [deferred.source, this.#rebuilt.integers(target)];
    this.#rebuilt.push({ ...node, op: 'Reshape', inputs, attributes: {} });
    this.#rebuilt.keepType(y);
    this.#orders.set(y, flattenedOrder(dims, deferred.perm));
    return true;
  }

  /** A node that reads a vector in another order. */
  #reorders(node: Node): boolean {
    const name = node.inputs.find((input) => this.#orders.has(input));
    if (name === undefined) return false;
    const order = this.#orders.get(name)!;
    const reader = readerOf(this.#graph, node, name)!;
    const inputs = [...node.inputs];
    if ('constant' in reader) {
      const constant = inputs[reader.constant]!;
      const axis = this.#graph.constants.get(constant)!.dims.length - reader.axisFromEnd;
      const how = `axis ${axis} in the order of ${name}`;
      inputs[reader.constant] = this.#rebuilt.constant(constant, how, (tensor) =>
        reorder(tensor, axis, order),
      );
    }
    this.#rebuilt.push({ ...node, inputs });
    for (const output of node.outputs) this.#rebuilt.keepType(output);
    if (reader.kind === 'passes') this.#orders.set(node.outputs[0]!, order);
    return true;
  }

  #site(node: Node): Site {
    const input = (i: number): string => node.inputs[i] ?? '';
    return {
      node,
      opset: this.#graph.opsets.get(node.domain) ?? 1,
      shape: (i) => (input(i) === '' ? undefined : this.#shape(input(i))),
      outputShape: (i) => this.#shape(node.outputs[i] ?? ''),
      perm: (i) => this.#deferred.get(input(i))?.perm,
      known: (i) => {
        const constant = this.#graph.constants.get(input(i));
        return constant && sizeOf(constant.dims) <= 1024 ? toNumbers(constant.read()) : undefined;
      },
      source: (i, perm) => this.#sourceOf(input(i), perm),
      integers: (values) => this.#rebuilt.integers(values),
      input: (i) => (input(i) === '' ? '' : this.#asItWas(input(i))),
    };
  }

  /** The value with its axes in the order whose Transpose by `perm` is the value. */
  #sourceOf(name: string, perm: Permutation): string {
    const deferred = this.#deferred.get(name);
    if (deferred && equal(deferred.perm, perm)) return deferred.source;
    const shape = this.#shape(name)!;
    const ones = perm.slice(shape.length).map(() => 1);
    if (this.#graph.constants.has(name)) {
      if (sizeOf(shape as number[]) === 1) return name;
      return this.#rebuilt.constant(name, `as source by ${perm}`, (tensor) =>
        trimmed(transposeTensor({ ...tensor, dims: [...ones, ...tensor.dims] }, inverse(perm))),
      );
    }
    if (shape.length === 0) return this.#asItWas(name);
    return this.#rebuilt.transposed(
      this.#rebuilt.widened(this.#asItWas(name), [...ones, ...shape]),
      inverse(perm),
    );
  }

  /** The value with the meaning that its name has in the graph as it was. */
  #asItWas(name: string): string {
    const deferred = this.#deferred.get(name);
    return deferred ? this.#rebuilt.transposed(deferred.source, deferred.perm) : name;
  }

  #shape(name: string): Shape | undefined {
    return this.#graph.typeOf(name)?.shape;
  }
}

/** Without the leading axes of size 1: broadcasting adds them. */
function trimmed(tensor: Tensor): Tensor {
  const first = tensor.dims.findIndex((d) => d !== 1);
  return { ...tensor, dims: tensor.dims.slice(first < 0 ? tensor.dims.length : first) };
}
