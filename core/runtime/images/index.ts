export { CPU_BATCH, type ImageLanes } from './lanes.ts';
export { openEditedLanes } from './open-lanes.ts';
export { type ImageResults, type ImageRun, runImages } from './run-images.ts';
