import * as tf from '@tensorflow/tfjs';

/** The address of the model.json, or a handler of TensorFlow.js: `tf.io.browserFiles(files)`, `'indexeddb://…'`'s and so on. */
export type ModelSource = string | URL | tf.io.IOHandler;

export function handlerOf(source: ModelSource): tf.io.IOHandler {
  return typeof source === 'string' || source instanceof URL ? tf.io.http(String(source)) : source;
}
