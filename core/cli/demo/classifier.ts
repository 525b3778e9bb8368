import { fileURLToPath } from 'node:url';

/**
 * The small classifier that ships with the package: an ONNX model of `BASE_DISHES`, 96 x 96. It stands beside this
 * file in the sources and in the package alike.
 */
export const SHIPPED_CLASSIFIER: string = fileURLToPath(new URL('./classifier.onnx', import.meta.url));
