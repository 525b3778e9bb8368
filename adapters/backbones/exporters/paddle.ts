/** Exports of PaddlePaddle (PaddleClas, PaddleOCR's classifiers) through paddle2onnx. */
import type { Graph } from '../../../core/graph/index.ts';
import { defineAdapter } from '../../adapter.ts';
import { featuresOf } from '../family.ts';
import { networkOf } from '../network.ts';
import { imagenet } from '../preprocessing.ts';
import { stagesByScale } from '../stages.ts';

export const paddle = defineAdapter({
  name: 'paddleclas',
  about: 'classifiers that PaddlePaddle exported',
  specificity: 60,
  matches(graph, { producer }) {
    const named = /paddle/i.test(producer ?? '') || /paddle/i.test(graph.name);
    const weights = [...graph.constants.keys(), ...graph.nodes.map(({ outputs }) => outputs[0]!)];
    const byNames = weights.filter((name) => /\.(w|b)_\d+$/.test(name)).length >= 2;
    if (!named && !byNames)
      return { matches: false, because: 'neither its producer nor its names are PaddlePaddle’s' };
    if (networkOf(graph).convolutions.length === 0)
      return { matches: false, because: 'it has no convolution' };
    return {
      matches: true,
      because: named ? 'PaddlePaddle wrote it' : 'its weights are named as PaddlePaddle names them',
    };
  },
  /** Of square images, which PaddleClas normalizes with ImageNet's statistics; PaddleOCR's are wide, and others. */
  preprocess(graph: Graph) {
    const usual = imagenet(graph);
    return usual && usual.width === usual.height ? usual : undefined;
  },
  stages: (graph: Graph) => stagesByScale(networkOf(graph), featuresOf(graph)),
});
