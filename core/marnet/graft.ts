/**
 * Puts trained heads into the original graph: they read the feature value, and their sum goes where the classifier's
 * logits were, so that everything after (Softmax, output names) follows unchanged.
 */
import {
  constantOf,
  type Graph,
  GraphBuilder,
  type Node,
  removeDead,
  type Tensor,
  type Value,
} from '../graph/index.ts';
import type { FeatureSite } from '../locate/index.ts';
import { changeClassCount } from './class-count.ts';
import { buildHeads } from './heads.ts';
import type { Lookup } from './layers.ts';
import type { HeadOptions } from './options.ts';
import { PREFIX } from './parameters.ts';
import { poolFeatures, toLogitsShape } from './pooling.ts';

/** The name that the original classifier's logits get in a wrapped model. */
export const ORIGINAL_LOGITS = `${PREFIX}original-logits`;

export interface GraftOptions {
  readonly heads: HeadOptions;
  /** 'new' cuts the original classifier off; the others add to its logits. */
  readonly base: 'new' | 'corrected' | 'given';
  /** C of the grafted model; differs from the site's only with base 'new'. */
  readonly classes: number;
}

/**
 * An edited clone of `graph`. Nodes that are not touched are the same objects; the one that made the logits is a new
 * object that writes `ORIGINAL_LOGITS`. All names made here begin with 'marnet/'. Nothing changes where there is
 * nothing to add (both heads off, base 'given').
 * @param graph the original, with the types of the site's values known.
 * @param parameters by name, as `headParameters` lists them; those that are not exported may be missing.
 */
export function graftHeads(
  graph: Graph,
  site: Pick<FeatureSite, 'value' | 'shape' | 'pooling' | 'dequantization' | 'classifier' | 'output'>,
  parameters: ReadonlyMap<string, Tensor>,
  options: GraftOptions,
): Graph {
  const copy = graph.clone();
  const logits = site.classifier.logits;
  const makerAt = copy.nodes.findIndex((node) => node.outputs.includes(logits));
  const maker = copy.nodes[makerAt];
  if (!maker) throw new RangeError(`no node makes the logits "${logits}"`);
  const logitsType = copy.typeOf(logits);
  if (!logitsType?.shape) throw new RangeError(`the shape of the logits "${logits}" is not known`);

  const following = copy.nodes.splice(makerAt + 1);
  const b = new GraphBuilder(copy, PREFIX);
  const value: Value = { name: site.value, dtype: copy.typeOf(site.value)!.dtype, shape: site.shape };
  const features = b.cast(poolFeatures(b, value, site), 'float32');
  const { addition } = buildHeads(b, features, constantLookup(b, parameters), options.heads, options.base);
  if (!addition) return graph.clone();
  const shaped = b.cast(toLogitsShape(b, addition, logitsType.shape), logitsType.dtype);

  const added = copy.nodes.splice(makerAt + 1);
  copy.nodes[makerAt] = withOutput(maker, logits, ORIGINAL_LOGITS);
  copy.types.set(ORIGINAL_LOGITS, logitsType);
  if (options.base !== 'new') {
    copy.nodes.push(...added, node('Add', [ORIGINAL_LOGITS, shaped.name], logits), ...following);
    return copy;
  }
  copy.nodes.push(...added, node('Identity', [shaped.name], logits), ...following);
  changeClassCount(copy, logits, site.classifier.classes, options.classes);
  return removeDead(copy);
}

const node = (op: string, inputs: readonly string[], output: string): Node => ({
  op,
  domain: '',
  name: `${PREFIX}logits`,
  inputs,
  outputs: [output],
  attributes: {},
});

/** Parameters become constants of the graph when a head first asks for them. */
function constantLookup(b: GraphBuilder, parameters: ReadonlyMap<string, Tensor>): Lookup {
  return (name) => {
    const tensor = parameters.get(name);
    if (!tensor) throw new RangeError(`the trained heads have no parameter "${name}"`);
    if (!b.graph.constants.has(name)) b.graph.constants.set(name, constantOf(tensor));
    return { name, dtype: tensor.dtype, shape: tensor.dims };
  };
}

/** The node, writing `to` instead of `from`; it keeps its place in the file, so that the encoder rewrites that name alone. */
export function withOutput(original: Node, from: string, to: string): Node {
  return { ...original, outputs: original.outputs.map((o) => (o === from ? to : o)) };
}
