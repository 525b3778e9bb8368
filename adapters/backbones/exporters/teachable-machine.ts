/** Image models of Teachable Machine: a MobileNet v2 and two dense layers, with a metadata.json beside it. */
import type { Graph } from '../../../core/graph/index.ts';
import { defineAdapter } from '../../adapter.ts';
import { featuresOf } from '../family.ts';
import { mobilenetV2 } from '../mobilenet.ts';
import { networkOf } from '../network.ts';
import { signed } from '../preprocessing.ts';
import { stagesByScale } from '../stages.ts';

export const teachableMachine = defineAdapter({
  name: 'teachable-machine',
  about: 'image models of Teachable Machine',
  specificity: 70,
  matches(graph, facts) {
    if (facts.format !== 'tfjs') return { matches: false, because: 'it is no TensorFlow.js model' };
    const said = mobilenetV2.matches(graph, facts);
    if (typeof said !== 'boolean' && !said.matches) return said;
    const dense = networkOf(graph).count('MatMul', 'Gemm');
    if (dense !== 2)
      return { matches: false, because: `${dense} dense layers, where Teachable Machine has two` };
    return { matches: true, because: 'a MobileNet v2 and two dense layers' };
  },
  preprocess: signed,
  stages: (graph: Graph) => stagesByScale(networkOf(graph), featuresOf(graph)),
});
