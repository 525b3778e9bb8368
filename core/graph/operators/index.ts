export type {
  OperatorArguments,
  OperatorAttributes,
  OperatorInputs,
  OperatorName,
  OperatorTaking,
} from './arguments.ts';
export { operatorProblem, operatorProblems } from './check.ts';
export type { AttributeSchema, OperatorSchema, Parameter } from './notation.ts';
export { attributeDefault, attributesOf, operatorSchema, operatorVersions } from './schema.ts';
