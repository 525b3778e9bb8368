/** From a model's configuration to nodes: each value that the outputs need is made once, after what it reads. */
import { MarnetError } from '../../../core/errors.ts';
import { float32, type GraphBuilder, type Value } from '../../../core/graph/index.ts';
import { named, toChannelsFirst, toChannelsLast } from '../ops/index.ts';
import type { LayerConfig, ModelConfig } from './config.ts';
import type { TensorRef } from './inbound.ts';
import { LayerCall, type LayerSurroundings, type LayerTable, type LayerTranslation } from './layer-call.ts';

export interface Surroundings extends LayerSurroundings {
  readonly table: LayerTable;
}

/**
 * Emits a model.
 * @param inputs its inputs in order.
 * @returns its outputs in order.
 * @throws MarnetError 'unsupported-model' for a class of layer that the table lacks, 'not-a-model' for references to
 * layers that do not exist.
 */
export function emitModel(
  around: Surroundings,
  model: ModelConfig,
  inputs: readonly Value[],
): readonly Value[] {
  const layers = new Map(model.layers.map((layer) => [layer.name, layer]));
  const firstNodes = firstNodesOf(model);
  const made = new Map<string, readonly Value[] | 'in progress'>();
  model.inputs.forEach((ref, i) => {
    const value = inputs[i];
    if (!value)
      throw damaged(
        `model "${model.name}" has ${model.inputs.length} inputs, but is called on ${inputs.length}`,
      );
    made.set(`${ref.layer} 0`, [value]);
  });
  for (const layer of model.layers)
    if (!layer.model) around.builder.uniqueName(`${around.path}${layer.name}`);

  const valueAt = (ref: TensorRef): Value => {
    const node = ref.node - (firstNodes.get(ref.layer) ?? 0);
    const key = `${ref.layer} ${node}`;
    let values = made.get(key);
    if (!values) {
      made.set(key, 'in progress');
      values = call(ref.layer, node);
      made.set(key, values);
    }
    if (values === 'in progress') throw damaged(`layer "${ref.layer}" reads its own output`);
    const value = values[ref.tensor];
    if (!value) throw damaged(`layer "${ref.layer}" has no output ${ref.tensor}`);
    return value;
  };

  const call = (name: string, node: number): readonly Value[] => {
    const layer = layers.get(name);
    const inbound = layer?.calls[node];
    if (!layer) throw damaged(`model "${model.name}" has no layer "${name}"`);
    if (!inbound) throw damaged(`layer "${name}" is read as if called ${node + 1} times`);
    const values = inbound.inputs.map((input) =>
      typeof input === 'number' ? around.builder.constant(float32([input], [])) : valueAt(input),
    );
    const suffix = node === 0 ? '' : `:${node}`;
    if (layer.model) return emitModel(inside(around, layer, suffix), layer.model, values);
    const value = emitLayer(
      around,
      new LayerCall(around, layer, { inputs: values, options: inbound.options }),
    );
    if (values.some((input) => input.name === value.name)) return [value];
    return [named(around.builder, value, `${around.path}${name}${suffix}`)];
  };

  return model.outputs.map(valueAt);
}

function inside(around: Surroundings, layer: LayerConfig, suffix: string): Surroundings {
  return {
    ...around,
    scopes: [...around.scopes, layer.name],
    path: `${around.path}${layer.name}${suffix}/`,
  };
}

function emitLayer(around: Surroundings, call: LayerCall): Value {
  const translate = around.table.get(call.className);
  if (!translate)
    throw new MarnetError(
      'unsupported-model',
      `layer "${call.name}" is of class ${call.className}, which has no translation`,
      { hint: `An adapter can supply one: give the importer layers: { ${call.className}: (call) => ... }.` },
    );
  return call.config.data_format === 'channels_first'
    ? channelsLast(around.builder, call, translate)
    : translate(call);
}

/** A layer with channels first, between two Transposes. */
function channelsLast(b: GraphBuilder, call: LayerCall, translate: LayerTranslation): Value {
  const rank = call.x.shape.length;
  if (rank < 3) return translate(call);
  const moved = call.on(call.inputs.map((input) => toChannelsLast(b, input)));
  const y = translate(moved);
  return y.shape.length === rank ? toChannelsFirst(b, y) : y;
}

/**
 * The number of each layer's first call: 0, but 1 for most nested models, whose making counts as a call. Only calls that
 * are read are written, so the lowest number that is read belongs to the first of them.
 */
function firstNodesOf(model: ModelConfig): Map<string, number> {
  const first = new Map<string, number>();
  const calls = model.layers.flatMap((layer) => layer.calls.flatMap((c) => c.inputs));
  for (const ref of [...model.outputs, ...calls]) {
    if (typeof ref === 'number') continue;
    first.set(ref.layer, Math.min(ref.node, first.get(ref.layer) ?? Number.POSITIVE_INFINITY));
  }
  for (const layer of model.layers) if (!layer.model) first.delete(layer.name);
  return first;
}

function damaged(message: string): MarnetError {
  return new MarnetError('not-a-model', message, {
    hint: 'The model.json contradicts itself; save or convert the model again.',
  });
}
