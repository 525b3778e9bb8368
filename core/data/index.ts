export {
  channelCount,
  checkPreprocess,
  describePreprocess,
  imageLength,
  PREPROCESS_PRESETS,
  type Preprocess,
  parsePreprocess,
  preprocessFromJson,
  preprocessSchema,
  preprocessToJson,
} from './preprocess.ts';
export type { Dataset, Sample, Split } from './sample.ts';
