export type {
  OperatorArguments,
  OperatorAttributes,
  OperatorInputs,
  OperatorName,
  OperatorTaking,
} from './arguments.ts';
export { operatorProblem, operatorProblems } from './check.ts';
export type { AttributeSchema, OperatorSchema, Parameter } from './notation.ts';
export { floatAttribute, floatsAttribute, intAttribute, intsAttribute, stringAttribute } from './read.ts';
export { attributeDefault, attributesOf, operatorSchema, operatorVersions } from './schema.ts';
