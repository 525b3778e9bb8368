import { defineAdapter } from '../adapter.ts';

/** Any classifier: its features are found by the search, its layers are its nodes with weights. */
export const generic = defineAdapter({
  name: 'generic',
  about: 'any classifier; the search finds its features, and each node with weights is a layer',
  specificity: 0,
  matches: (graph) =>
    graph.nodes.length > 0
      ? { matches: true, because: 'it fits any graph' }
      : { matches: false, because: 'the graph has no nodes' },
  freeze: () => [],
});
