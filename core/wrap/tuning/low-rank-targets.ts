import type { Layers } from '../../runtime/layers.ts';

/**
 * The weights that `lora:R` may update: all, unless an adapter names some; then those, and the classifier's where the model
 * keeps it, as nothing else would train it.
 */
export function lowRankTargets(
  named: readonly string[] | undefined,
  { classifier }: Layers,
): readonly string[] | undefined {
  return named && [...named, ...classifier];
}
