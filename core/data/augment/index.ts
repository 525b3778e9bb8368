export { applyChanges, type Change } from './change.ts';
export { type Augmentation, drawAugmentation } from './draw.ts';
export { drawMixing, type Mixing, mixImages, partnerOf } from './mixing.ts';
export { type AugmentOptions, DEFAULT_AUGMENT, NO_AUGMENT } from './options.ts';
export { parseAugment } from './spec.ts';
export { cropWindow } from './window.ts';
