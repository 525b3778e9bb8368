/** Ops that have another name since a later operator set, and mean the same. */
import type { UpgradeRule } from './rule.ts';

export const renamed: readonly UpgradeRule[] = [
  { ops: ['Scatter'], below: 11, rewrite: (node, to) => to.emit({ ...node, op: 'ScatterElements' }) },
];
