import { MarnetError } from '../errors.ts';
import type { Node } from '../graph/index.ts';
import { DECOMPOSITIONS } from './decompositions/index.ts';
import type { GradientRule } from './rule.ts';
import { ACTIVATION_RULES } from './rules/activation.ts';
import { ARITHMETIC_RULES } from './rules/arithmetic.ts';
import { CONVOLUTION_RULES } from './rules/convolution.ts';
import { EXTREMUM_RULES } from './rules/extremum.ts';
import { INDEXING_RULES } from './rules/indexing.ts';
import { LAYOUT_RULES } from './rules/layout.ts';
import { MATRIX_RULES } from './rules/matrix.ts';
import { NONDIFFERENTIABLE_RULES } from './rules/nondifferentiable.ts';
import { NORMALIZATION_RULES } from './rules/normalization.ts';
import { POOLING_RULES } from './rules/pooling.ts';
import { REDUCTION_RULES } from './rules/reduction.ts';
import { RESIZE_RULES } from './rules/resize.ts';
import { SCATTER_RULES } from './rules/scatter.ts';
import { SELECTION_RULES } from './rules/selection.ts';
import { SOFTMAX_RULES } from './rules/softmax.ts';
import { TRIGONOMETRY_RULES } from './rules/trigonometry.ts';
import { UNSUPPORTED_RULES } from './rules/unsupported.ts';

/** Rules by op. */
export interface RuleRegistry {
  /** The rule for a node's op, or undefined. */
  find(node: Pick<Node, 'op' | 'domain'>): GradientRule | undefined;
  readonly rules: readonly GradientRule[];
}

const keyOf = (op: string, domain = ''): string => `${domain === 'ai.onnx' ? '' : domain}:${op}`;

/** @throws MarnetError 'usage' when two rules are for the same op. */
export function createRegistry(rules: readonly GradientRule[]): RuleRegistry {
  const byOp = new Map<string, GradientRule>();
  for (const rule of rules) {
    const key = keyOf(rule.op, rule.domain);
    if (byOp.has(key))
      throw new MarnetError(
        'usage',
        `two gradient rules for op ${rule.op} of domain "${rule.domain ?? ''}"`,
        { hint: 'Remove one of them; a rule never replaces another silently.' },
      );
    byOp.set(key, rule);
  }
  return { rules, find: (node) => byOp.get(keyOf(node.op, node.domain)) };
}

export const BUILT_IN_RULES: readonly GradientRule[] = [
  ...ARITHMETIC_RULES,
  ...TRIGONOMETRY_RULES,
  ...ACTIVATION_RULES,
  ...SOFTMAX_RULES,
  ...MATRIX_RULES,
  ...CONVOLUTION_RULES,
  ...POOLING_RULES,
  ...NORMALIZATION_RULES,
  ...REDUCTION_RULES,
  ...EXTREMUM_RULES,
  ...LAYOUT_RULES,
  ...INDEXING_RULES,
  ...SCATTER_RULES,
  ...RESIZE_RULES,
  ...SELECTION_RULES,
  ...DECOMPOSITIONS,
  ...NONDIFFERENTIABLE_RULES,
  ...UNSUPPORTED_RULES,
];

const own = createRegistry(BUILT_IN_RULES);
const added = new Map<string, { readonly rule: GradientRule; readonly by: string }>();

/** The rules of the engine, and those that were added. */
export const builtInRegistry: RuleRegistry = {
  rules: own.rules,
  find: (node) => added.get(keyOf(node.op, node.domain))?.rule ?? own.find(node),
};

/**
 * Rules for ops that the engine does not know, or says it cannot differentiate.
 * @param by whose they are, for messages.
 * @returns a function that takes them away.
 * @throws MarnetError 'usage' when there is a rule for such an op.
 */
export function addGradientRules(rules: readonly GradientRule[], by: string): () => void {
  createRegistry(rules);
  const keys = rules.map((rule) => keyOf(rule.op, rule.domain));
  rules.forEach((rule, i) => {
    const known = own.find({ op: rule.op, domain: rule.domain ?? '' });
    const owner = added.get(keys[i]!)?.by ?? (known && !known.unsupported ? 'the engine' : undefined);
    if (owner)
      throw new MarnetError(
        'usage',
        `${by} has a gradient rule for op ${rule.op} of domain "${rule.domain ?? ''}", and so has ${owner}`,
        { hint: 'A rule never takes the place of another: leave it out.' },
      );
  });
  rules.forEach((rule, i) => {
    added.set(keys[i]!, { rule, by });
  });
  return () => {
    for (const key of keys) added.delete(key);
  };
}
