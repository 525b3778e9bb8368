/** Where: y = condition ? a : b      da = condition ? dy : 0      db = condition ? 0 : dy */
import type { GradientRule } from '../rule.ts';

export const SELECTION_RULES: readonly GradientRule[] = [
  {
    op: 'Where',
    gradient: ({ builder: b, dy, ...c }) => [
      undefined,
      () => b.where(c.input(0), dy, b.scalar(0, dy)),
      () => b.where(c.input(0), b.scalar(0, dy), dy),
    ],
  },
];
