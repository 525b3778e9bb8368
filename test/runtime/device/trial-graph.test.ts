import { describe, expect, it } from 'vitest';
import type { Graph } from '../../../core/graph/index.ts';
import { LARGE, SMALL, trialGraphs } from '../../../core/runtime/device/trial-graph.ts';
import { macsOf } from '../../../core/runtime/work.ts';

const macs = (graph: Graph): number => graph.nodes.reduce((sum, node) => sum + macsOf(graph, node), 0);

describe('the networks that a device is tried with', () => {
  it('compute what tells devices apart: a step more than twice a forward pass, the large one 2 billion', () => {
    const [small, large] = [trialGraphs(SMALL), trialGraphs(LARGE)];
    expect(macs(small.step)).toBeGreaterThan(2 * macs(small.forward));
    expect(macs(large.step)).toBeGreaterThan(100 * macs(small.step));
    expect(macs(large.step) / 1e9).toBeCloseTo(2, 0);
  });
});
