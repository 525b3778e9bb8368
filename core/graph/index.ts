export * from './attribute.ts';
export { type EmitOptions, GraphBuilder, type Reduction, type Value } from './builder.ts';
export { completeTypes } from './complete-types.ts';
export * from './dtype.ts';
export * from './graph.ts';
export { broadcastShapes, inferKnownTypes, inferTypes } from './infer.ts';
export * from './operators/index.ts';
export * from './tensor.ts';
export * from './uses.ts';
