/** The picture of docs/evidence.md: what MARNet gains, with intervals. */
import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';

export interface PlottedGain {
  /** What it was measured with, or what is averaged over. */
  readonly row: string;
  /** 'clean' or 'corrupted'. */
  readonly images: string;
  /** Over the same layers without texts, or else over a linear layer. */
  readonly overHeads: boolean;
  /** Points of top-1. */
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

/** @returns an SVG document; rows from the top down in the order of the gains. */
export function plotGains(gains: readonly PlottedGain[]): string {
  const { document } = parseHTML('<html><body></body></html>');
  const rows = [...new Set(gains.map(({ row }) => row))];
  const marks = [true, false].flatMap((overHeads) => {
    const some = gains.filter((each) => each.overHeads === overHeads);
    const dy = overHeads ? -4 : 4;
    return [
      Plot.ruleY(some, { fx: 'images', y: 'row', x1: 'low', x2: 'high', dy }),
      Plot.dot(some, {
        ...{ fx: 'images', y: 'row', x: 'mean', dy, r: 3 },
        ...{ fill: overHeads ? 'black' : 'white', stroke: 'black' },
      }),
    ];
  });
  const chart = Plot.plot({
    document: document as never,
    width: 880,
    height: 90 + 24 * rows.length,
    marginLeft: 240,
    marginBottom: 40,
    style: { background: 'white', fontFamily: 'sans-serif' },
    x: {
      label: 'points of top-1 that MARNet gains: ● over plain heads, ○ over the linear layer',
      grid: true,
    },
    y: { label: null, domain: rows },
    fx: { label: null, domain: ['clean', 'corrupted'] },
    marks: [Plot.frame({ stroke: '#ccc' }), Plot.ruleX([0], { stroke: '#888' }), ...marks],
  });
  chart.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  return chart.outerHTML;
}
