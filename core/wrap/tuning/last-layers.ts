import { MarnetError } from '../../errors.ts';
import type { Layer, Layers } from '../../runtime/layers.ts';

/**
 * The last `count` layers of the backbone, the one nearest to the features last.
 * @param staged whether an adapter named them as stages.
 * @throws MarnetError 'usage' when it has fewer.
 */
export function lastLayers({ layers }: Layers, count: number, staged: boolean): readonly Layer[] {
  if (count <= layers.length) return layers.slice(-count);
  const what = staged ? 'stages' : 'layers with weights';
  if (layers.length === 0)
    throw new MarnetError('usage', `last:${count} cannot be trained: the backbone has no ${what}`, {
      hint: 'Tune with a frozen backbone (the default).',
    });
  throw new MarnetError(
    'usage',
    `last:${count} is more than the backbone has: ${layers.length} ${what} up to the features`,
    { hint: `Use last:${layers.length}, or full.` },
  );
}
