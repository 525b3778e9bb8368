export { decomposeNodes } from './decompose.ts';
export { differentiate } from './differentiate.ts';
export { crossEntropy, logSoftmax } from './loss.ts';
export {
  emitGradientOp,
  GRAD_DOMAIN,
  GRADIENT_OPS,
  type GradientOp,
  type GradientOpName,
  stopGradient,
} from './ops.ts';
export {
  addGradientRules,
  BUILT_IN_RULES,
  builtInRegistry,
  createRegistry,
  type RuleRegistry,
} from './registry.ts';
export type {
  DecompositionRule,
  DifferentiationRule,
  GradientRule,
  InputGradient,
  NodeContext,
  RuleContext,
  UnsupportedRule,
} from './rule.ts';
