import { int, str } from '../../../core/graph/index.ts';
import type { OpCase } from '../check.ts';
import { integers, known, uniform } from '../samples.ts';

const gridSample = (mode: string, padding: string, aligned: number): OpCase => {
  // Points far outside are reflected more than once.
  const grid = uniform([2, 3, 2, 2], -2.6, 2.6);
  return {
    label: `GridSample ${mode}, ${padding}${aligned ? ', aligned' : ''}`,
    op: 'GridSample',
    inputs: [uniform([2, 3, 4, 3]), mode === 'nearest' ? known(grid) : grid],
    attributes: { mode: str(mode), padding_mode: str(padding), align_corners: int(aligned) },
  };
};

const affineGrid = (sizes: readonly number[], aligned: number): OpCase => ({
  label: `AffineGrid to ${sizes}${aligned ? ', aligned' : ''}`,
  op: 'AffineGrid',
  inputs: [uniform([sizes[0]!, sizes.length - 2, sizes.length - 1]), integers(sizes)],
  attributes: { align_corners: int(aligned) },
});

export const SAMPLING: readonly OpCase[] = [
  ...['linear', 'nearest'].flatMap((mode) =>
    ['zeros', 'border', 'reflection'].flatMap((padding) =>
      [0, 1].map((aligned) => gridSample(mode, padding, aligned)),
    ),
  ),
  {
    label: 'GridSample of one pixel, reflected',
    op: 'GridSample',
    inputs: [uniform([1, 2, 1, 1]), known(uniform([1, 2, 2, 2]))],
    attributes: { padding_mode: str('reflection'), align_corners: int(1), mode: str('linear') },
  },
  affineGrid([2, 3, 4, 3], 0),
  affineGrid([2, 3, 4, 3], 1),
  affineGrid([1, 2, 2, 3, 2], 0),
];
