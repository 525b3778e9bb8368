import { describe, expect, it } from 'vitest';
import { float32, Graph, GraphBuilder, type Value } from '../../core/graph/index.ts';
import { trainableConstants } from '../../core/runtime/parameters.ts';

/** Names of what is trained of a graph with an image [batch, 1, 4, 4]. */
function trained(make: (b: GraphBuilder, image: Value, one: (name: string) => string) => void): string[] {
  const graph = new Graph();
  graph.opsets.set('', 17).set('com.microsoft', 1);
  const b = new GraphBuilder(graph);
  const one = (name: string): string => b.weight(name, float32([0.5], [1])).name;
  make(b, b.input('image', 'float32', ['batch', 1, 4, 4]), one);
  return [...trainableConstants(graph)].sort();
}

const MICROSOFT = 'com.microsoft';

describe('trainableConstants', () => {
  it.each([
    ['Conv', '', ['w', 'b'], []],
    ['FusedConv', MICROSOFT, ['w', 'b'], []],
    ['NhwcConv', MICROSOFT, ['w', 'b'], []],
    ['FusedGemm', MICROSOFT, ['w', 'b'], []],
    ['FusedMatMul', MICROSOFT, ['w'], []],
    ['Attention', MICROSOFT, ['w', 'b'], []],
    ['RMSNormalization', '', ['scale'], []],
    ['SimplifiedLayerNormalization', '', ['scale'], []],
    ['GroupNorm', MICROSOFT, ['gamma', 'beta'], []],
    ['BiasGelu', MICROSOFT, ['b'], []],
    ['Pad', MICROSOFT, [], ['pads', 'value']],
    ['Clip', '', [], ['low', 'high']],
  ] as const)(
    'takes single numbers that are weights of %s (%j), not its settings',
    (op, domain, weights, settings) => {
      const names = trained((b, image, one) => {
        const inputs = [image.name, ...[...weights, ...settings].map(one)];
        b.graph.nodes.push({ op, domain, name: 'node', inputs, outputs: ['y'], attributes: {} });
      });
      expect(names).toEqual([...weights].sort());
    },
  );
});
