/** Keras models as TensorFlow.js keeps them (layers-models), translated to plain ONNX ops. */
import { MarnetError } from '../../../core/errors.ts';
import { type Dim, type DType, Graph, type Value } from '../../../core/graph/index.ts';
import type { TfjsArtifacts } from '../artifacts.ts';
import { inputShape, kerasVersion, type LayerConfig, type ModelConfig, modelConfig } from './config.ts';
import type { LayerTranslations } from './layer-call.ts';
import { LAYERS } from './layers/index.ts';
import { SharedWeightsBuilder } from './shared-weights.ts';
import { emitModel } from './walk.ts';
import { WeightTable } from './weights.ts';

export type { JsonObject } from './json.ts';
export { LayerCall, type LayerTranslation, type LayerTranslations } from './layer-call.ts';

const OPSET = 17;

/**
 * The graph of a layers-model, Sequential or functional, of Keras 2 or 3, on values with channels last as the model has
 * them. A layer's value has the layer's name (`conv1`; `inner/conv1` in a nested model; `conv1:1` for its second call), a
 * weight the manifest's (`conv1/kernel`); inputs and outputs have the names of the input and output layers.
 * @param layers translations by class name, beside and before the built-in ones.
 * @throws MarnetError 'unsupported-model' for a layer or option without translation, 'external-data' for a missing weight,
 * 'not-a-model' for a configuration that contradicts itself.
 */
export function layersModelGraph(artifacts: TfjsArtifacts, layers: LayerTranslations = {}): Graph {
  const model = modelConfig(artifacts.topology);
  const graph = new Graph();
  graph.name = model.name;
  graph.opsets.set('', OPSET);
  const builder = new SharedWeightsBuilder(graph);
  const inputs = model.inputs.map((ref) => {
    const layer = model.layers.find((each) => each.name === ref.layer);
    if (layer?.className !== 'InputLayer')
      throw new MarnetError(
        'not-a-model',
        `the input "${ref.layer}" of model "${model.name}" is no input layer`,
        {
          hint: 'Save or convert the model again.',
        },
      );
    return builder.input(layer.name, dtypeOf(layer), shapeOf(layer));
  });
  const around = {
    builder,
    weights: new WeightTable(artifacts.weights),
    table: new Map([...LAYERS, ...Object.entries(layers)]),
    scopes: [model.name],
    path: '',
    keras: kerasVersion(artifacts.topology),
  };
  nameOutputs(builder, model, emitModel(around, model, inputs));
  return graph;
}

/** Each output under its layer's name; a second output of the same layer gets a number. */
function nameOutputs(builder: SharedWeightsBuilder, model: ModelConfig, values: readonly Value[]): void {
  const taken = new Set<string>();
  const { graph } = builder;
  values.forEach((value, i) => {
    const layer = model.outputs[i]!.layer;
    let name = layer;
    for (let k = 1; taken.has(name) || (name !== value.name && graph.typeOf(name)); k++)
      name = `${layer}:${k}`;
    taken.add(name);
    builder.output(value, name);
  });
}

function shapeOf(layer: LayerConfig): readonly Dim[] {
  const shape = inputShape(layer.config);
  if (!Array.isArray(shape))
    throw new MarnetError('unsupported-model', `the input "${layer.name}" has no shape (batch_input_shape)`, {
      hint: 'Give the first layer an input shape and save the model again.',
    });
  const open = shape.length === 4 ? ['batch', 'height', 'width', 'channels'] : ['batch'];
  return shape.map((d, i) => (typeof d === 'number' && d >= 0 ? d : (open[i] ?? `size_${i}`)));
}

/** TensorFlow.js computes in float32 and int32 alone, whatever Keras was told. */
function dtypeOf(layer: LayerConfig): DType {
  const dtype = typeof layer.config.dtype === 'string' ? layer.config.dtype : 'float32';
  return /^u?int/.test(dtype) ? 'int32' : dtype === 'bool' ? 'bool' : 'float32';
}
