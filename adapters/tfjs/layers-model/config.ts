/**
 * The configuration of a Keras model, in one form for all that write it: Keras 2, Keras 3 and tfjs-layers, Sequential
 * (a list of layers, or an object with one) and functional. A Sequential model becomes a chain of calls.
 */
import { MarnetError } from '../../../core/errors.ts';
import { type Call, callsOf, type TensorRef, tensorRefs } from './inbound.ts';
import { arrayOf, isObject, type Json, type JsonObject, objectOf } from './json.ts';

export interface LayerConfig {
  readonly className: string;
  readonly name: string;
  readonly config: JsonObject;
  /** Where the layer is a model itself. */
  readonly model: ModelConfig | undefined;
  readonly calls: readonly Call[];
}

export interface ModelConfig {
  readonly name: string;
  readonly layers: readonly LayerConfig[];
  readonly inputs: readonly TensorRef[];
  readonly outputs: readonly TensorRef[];
}

/**
 * The model of a `modelTopology`, which is the configuration itself or holds it as `model_config`.
 * @throws MarnetError 'not-a-model' when it is neither Sequential nor functional.
 */
export function modelConfig(topology: JsonObject): ModelConfig {
  const root = objectOf(topology.model_config ?? topology);
  if (!isModel(root))
    throw new MarnetError(
      'not-a-model',
      `a layers-model of class "${String(root.class_name ?? '?')}" has no list of layers`,
      {
        hint: 'Only Sequential and functional models can be told from their files; save a subclassed one as a SavedModel and convert it to a graph-model.',
      },
    );
  return parseModel(root);
}

/** The major version of Keras whose rules the model follows; tfjs-layers has those of Keras 2. */
export function kerasVersion(topology: JsonObject): 2 | 3 {
  const stated = topology.keras_version ?? objectOf(topology.model_config).keras_version;
  if (typeof stated === 'string' && /^\d/.test(stated)) return stated.startsWith('3') ? 3 : 2;
  return JSON.stringify(topology).includes('"batch_shape"') && typeof stated !== 'string' ? 3 : 2;
}

function isModel(layer: JsonObject): boolean {
  return Array.isArray(layer.config) || Array.isArray(objectOf(layer.config).layers);
}

function parseModel(layer: JsonObject): ModelConfig {
  const config = objectOf(layer.config);
  const listed = arrayOf(Array.isArray(layer.config) ? layer.config : config.layers);
  const layers = listed.filter(isObject).map(parseLayer);
  const name = String(config.name ?? layer.name ?? 'model');
  if (Array.isArray(layer.config) || !('output_layers' in config)) return sequential(name, layers, config);
  return {
    name,
    layers,
    inputs: tensorRefs(config.input_layers),
    outputs: tensorRefs(config.output_layers),
  };
}

function parseLayer(layer: JsonObject): LayerConfig {
  const config = objectOf(layer.config);
  const className = String(layer.class_name ?? '?');
  return {
    className,
    name: String(layer.name ?? config.name ?? className.toLowerCase()),
    config,
    model: isModel(layer) ? parseModel(layer) : undefined,
    calls: callsOf(layer.inbound_nodes),
  };
}

/** Each layer called once on what the one before it gives; the input layer is made up where none is listed. */
function sequential(name: string, listed: readonly LayerConfig[], config: JsonObject): ModelConfig {
  const first = listed[0];
  if (!first)
    throw new MarnetError('not-a-model', `the Sequential model "${name}" has no layers`, {
      hint: 'Check that model.json is complete.',
    });
  const layers = first.className === 'InputLayer' ? [...listed] : [inputOf(first, config), ...listed];
  const chained = layers.map((layer, i) => {
    const before = layers[i - 1];
    return {
      ...layer,
      calls: before ? [{ inputs: [{ layer: before.name, node: 0, tensor: 0 }], options: {} }] : [],
    };
  });
  const end = (layer: LayerConfig): TensorRef => ({ layer: layer.name, node: 0, tensor: 0 });
  return { name, layers: chained, inputs: [end(layers[0]!)], outputs: [end(layers.at(-1)!)] };
}

function inputOf(first: LayerConfig, config: JsonObject): LayerConfig {
  const inner = first.model?.layers.find((layer) => layer.name === first.model?.inputs[0]?.layer);
  return {
    className: 'InputLayer',
    name: inner?.name === undefined || inner.name === first.name ? `${first.name}_input` : inner.name,
    config: {
      batch_shape:
        (inner && inputShape(inner.config)) ?? inputShape(first.config) ?? config.build_input_shape,
      dtype: inner?.config.dtype ?? first.config.dtype,
    },
    model: undefined,
    calls: [],
  };
}

/** `batch_input_shape` (Keras 2) or `batch_shape` (Keras 3), with the batch first. */
export function inputShape(config: JsonObject): Json {
  return config.batch_shape ?? config.batch_input_shape;
}
