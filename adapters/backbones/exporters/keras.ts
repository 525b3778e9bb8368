/** Keras applications, through the TensorFlow.js converter or tf2onnx: a family by its structure, and what Keras does to images. */
import type { Preprocess } from '../../../core/data/index.ts';
import type { Graph } from '../../../core/graph/index.ts';
import { type BackboneAdapter, defineAdapter, type ModelFacts } from '../../adapter.ts';
import { densenet } from '../densenet.ts';
import { efficientnet } from '../efficientnet.ts';
import { inception } from '../inception.ts';
import { mobilenetV1, mobilenetV2, mobilenetV3 } from '../mobilenet.ts';
import { type Network, networkOf } from '../network.ts';
import { caffe, imagenet, raw, signed } from '../preprocessing.ts';
import { resnet } from '../resnet.ts';
import { vgg } from '../vgg.ts';

type Way = (graph: Graph) => Preprocess | undefined;

/** `preprocess_input` of the applications' modules. https://keras.io/api/applications/ */
const WAYS: readonly (readonly [BackboneAdapter, Way])[] = [
  [mobilenetV1, signed],
  [mobilenetV2, signed],
  [mobilenetV3, signed],
  [efficientnet, raw],
  [densenet, imagenet],
  [inception, signed],
  [vgg, caffe],
  [resnet, (graph) => (isPreactivated(networkOf(graph)) ? signed(graph) : caffe(graph))],
];

export const keras = defineAdapter({
  name: 'keras-applications',
  about:
    'Keras applications from the TensorFlow.js converter or tf2onnx, with the preprocessing of their modules',
  specificity: 60,
  matches(graph, { format, producer }) {
    const fromKeras = format === 'tfjs' || /tf2onnx|keras|tensorflow/i.test(producer ?? '');
    if (!fromKeras)
      return { matches: false, because: `it was written by ${producer ?? 'nobody who says so'}` };
    const family = familyOf(graph);
    if (!family) return { matches: false, because: 'it is of no family of Keras applications' };
    return { matches: true, because: `it comes from TensorFlow, and is of the family ${family[0].name}` };
  },
  preprocess(graph) {
    const scaled = normalizesItself(networkOf(graph));
    return scaled ? raw(graph) : familyOf(graph)?.[1](graph);
  },
  stages: (graph: Graph, facts: ModelFacts) => familyOf(graph)![0].stages!(graph, facts),
});

function familyOf(graph: Graph): (typeof WAYS)[number] | undefined {
  return WAYS.find(([family]) => {
    const said = family.matches(graph, { format: '', metadata: new Map(), producer: undefined });
    return typeof said === 'boolean' ? said : said.matches;
  });
}

/** Whether arithmetic with constants stands between the image and the stem: a Rescaling or Normalization layer. */
function normalizesItself({ nodes, stem }: Network): boolean {
  const before = nodes.slice(0, nodes.indexOf(stem!.node));
  return before.some(({ op }) => op === 'Mul' || op === 'Sub' || op === 'Div');
}

/** ResNet v2: no activation follows the residual connections at once. */
function isPreactivated({ residuals, view }: Network): boolean {
  return residuals.every(({ outputs }) => view.uses.consumers(outputs[0]!).every(({ op }) => op !== 'Relu'));
}
