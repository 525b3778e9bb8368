export { lower } from './lower.ts';
export type { Target } from './lowering.ts';
export { optimize } from './optimize/index.ts';
