/** docs/operators.md: the table of ops, from the schema file and the registry of gradient rules. */
import { join } from 'node:path';
import { BUILT_IN_RULES, GRAD_DOMAIN, type GradientRule } from '../../core/grad/index.ts';
import { operatorVersions } from '../../core/graph/index.ts';
import { SCHEMA } from './schema.ts';

export const OPERATORS_FILE = join(import.meta.dirname, '../../docs/operators.md');

const DOMAINS: readonly (readonly [domain: string, heading: string, text: string])[] = [
  ['', 'ONNX', 'The standard domain, `ai.onnx`, operator sets 7 to 24.'],
  [
    'com.microsoft',
    'com.microsoft',
    "onnxruntime's own ops: what its optimizer makes of several standard ones, and others that it registers. Of BiasAdd, BiasSplitGelu, GroupNorm, NhwcConv and SkipGroupNorm it has kernels on GPUs alone: `gradientModel` takes them, wrapping refuses them.",
  ],
  ['ai.onnx.ml', 'ai.onnx.ml', 'What exporters of scikit-learn write.'],
  ['com.microsoft.nchwc', 'com.microsoft.nchwc', "onnxruntime's blocked layout."],
];

function how(rule: GradientRule): string {
  if (rule.decompose) return `decomposition: \`${rule.form}\``;
  if (rule.unsupported) return `none: ${rule.unsupported}`;
  return rule.gradient === 'none' ? 'zero' : 'rule';
}

/** The operator sets of the domain that brought the op, or changed it. */
function versions(rule: GradientRule): string {
  const found = operatorVersions(rule.op, rule.domain).map(({ since, deprecated }) =>
    deprecated ? `gone in ${since}` : `${since}`,
  );
  return found.join(', ') || `after ${SCHEMA.operatorSets[1]}`;
}

function row(rule: GradientRule): string {
  const limits = rule.limits ? ` ${rule.limits}` : '';
  return `| ${rule.op} | ${versions(rule)} | ${how(rule)}${limits && `.${limits}`.replace(/\.\./, '.')} |`;
}

const INTRODUCTION = `# Operators and their gradients

<!-- Written by \`npm run generate\` from ONNX's schemas and the registry of rules; do not edit. -->

What differentiation does with each op that stands between a weight and the loss. It matters for \`gradientModel\` and for
tuning more than the heads; with a frozen backbone, any op that onnxruntime runs will do.

- **rule**: the gradient is written out. The formulas open the files of \`core/grad/rules/\`.
- **decomposition**: before differentiation, the node is replaced by the ops of the formula, in the training graph alone.
  The exported model keeps its own nodes.
- **zero**: the derivative is zero wherever it exists, or the result is no real number. The output counts as a constant.
- **none**: differentiation stops with an error that gives this reason.

An op in no list is refused as well. *Since* are the operator sets that brought the op or changed it, the one in force in
operator set 7 first. Rules and decompositions are tested against central differences in double precision,
decompositions also against onnxruntime's own kernel of the op.
`;

/** The text of docs/operators.md. */
export function operatorsPage(rules: readonly GradientRule[] = BUILT_IN_RULES): string {
  const sections = DOMAINS.map(([domain, heading, text]) => {
    const own = rules.filter((rule) => (rule.domain ?? '') === domain);
    const sorted = own.toSorted((a, b) => a.op.localeCompare(b.op, 'en'));
    return `## ${heading}\n\n${text}\n\n| Op | Since | Gradient |\n|---|---|---|\n${sorted.map(row).join('\n')}\n`;
  });
  return `${INTRODUCTION}\n${sections.join('\n')}`;
}

/** Domains of rules that the page leaves out: ops of our own, which no model holds. */
export const UNLISTED_DOMAINS: readonly string[] = [GRAD_DOMAIN];
