/** The picture of docs/evidence.md: means with their intervals, by contestant and data set. */
import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';

export interface PlottedMean {
  readonly dataset: string;
  /** 'clean' or 'corrupted'. */
  readonly images: string;
  readonly contestant: string;
  /** Percent. */
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

/** @param contestants in the order of the picture. @returns an SVG document. */
export function plotMeans(means: readonly PlottedMean[], contestants: readonly string[]): string {
  const { document } = parseHTML('<html><body></body></html>');
  const chart = Plot.plot({
    document: document as never,
    width: 880,
    height: 90 + 110 * new Set(means.map(({ dataset }) => dataset)).size,
    marginLeft: 90,
    marginRight: 240,
    style: { background: 'white', fontFamily: 'sans-serif' },
    x: { label: 'top-1, % of test images', grid: true },
    y: { label: null, domain: [...contestants] },
    fx: { label: null, domain: ['clean', 'corrupted'] },
    fy: { label: null },
    marks: [
      Plot.frame({ stroke: '#ccc' }),
      Plot.ruleY(means, { fx: 'images', fy: 'dataset', y: 'contestant', x1: 'low', x2: 'high' }),
      Plot.dot(means, { fx: 'images', fy: 'dataset', y: 'contestant', x: 'mean', fill: 'black', r: 3 }),
    ],
  });
  chart.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  return chart.outerHTML;
}
