export {
  type Augmentation,
  type AugmentOptions,
  DEFAULT_AUGMENT,
  drawAugmentation,
  drawMixing,
  type Mixing,
  mixImages,
  NO_AUGMENT,
  parseAugment,
  partnerOf,
} from './augment/index.ts';
export { type FeatureCacheOptions, type FeatureTable, openFeatureCache } from './cache.ts';
export { cacheFolder } from './cache-folder.ts';
export { type Dataset, type DatasetOptions, loadDataset, type Sample, type Split } from './dataset.ts';
export { type ListedImage, listImages } from './files.ts';
export { channelCount, imageLength } from './image-length.ts';
export {
  type BatchOptions,
  type ImageBatch,
  type ImageBatches,
  type ImageSize,
  imageBatches,
  imageSize,
  loadImage,
  MAX_PIXELS,
  type SizeMemory,
  type SkippedImage,
  writeImage,
} from './images.ts';
export {
  checkPreprocess,
  describePreprocess,
  PREPROCESS_PRESETS,
  type Preprocess,
  parsePreprocess,
  preprocessFromJson,
  preprocessSchema,
  preprocessToJson,
} from './preprocess.ts';
export { type RandomStream, randomStream } from './random.ts';
export {
  balancedOrder,
  epochBatches,
  epochOrder,
  type SamplerOptions,
  stepSize,
  stepsPerEpoch,
} from './sampler.ts';
export {
  type Bag,
  buildVocabulary,
  encodeBag,
  encodeBags,
  textIds,
  type Vocabulary,
  type VocabularyOptions,
  vocabularyFromJson,
  vocabularyToJson,
  writeBag,
} from './text/bags.ts';
