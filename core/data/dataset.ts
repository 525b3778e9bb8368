export type { Dataset, Sample, Split } from './sample.ts';
