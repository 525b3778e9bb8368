import * as tf from '@tensorflow/tfjs';
import { sha256Of } from './digest.ts';
import { type Engine, inputShape, requireModel } from './engine.ts';
import { MODEL } from './model.ts';
import { handlerOf, type ModelSource } from './tfjs-source.browser.ts';

export interface EngineOptions {
  /**
   * Whether a model other than the one that this file was made of is refused, by the SHA-256 of its weights; true unless
   * told. A page that came by plain http cannot check it.
   */
  readonly verify?: boolean;
}

export async function openEngine(source: ModelSource, { verify = true }: EngineOptions): Promise<Engine> {
  const artifacts = await handlerOf(source).load?.();
  if (!artifacts) throw new Error('the model cannot be loaded: its handler has no load()');
  if (verify) requireModel(await sha256Of(weightsOf(artifacts)), nameOf(source));
  await tf.ready();
  const model = await tf.loadGraphModel(tf.io.fromMemory(artifacts));
  const { outputs } = (artifacts.signature ?? {}) as { outputs?: Record<string, { name: string }> };
  const output = outputs?.[MODEL.output]?.name ?? MODEL.output;
  return {
    async run(values, count) {
      const input = tf.tensor(values, inputShape(count));
      const scores = model.execute(input, output) as tf.Tensor;
      try {
        return Float32Array.from(await scores.data());
      } finally {
        tf.dispose([input, scores]);
      }
    },
    async dispose() {
      model.dispose();
    },
  };
}

/** All weights in the order of the model's manifest. */
function weightsOf({ weightData }: tf.io.ModelArtifacts): ArrayBuffer {
  const parts = weightData === undefined ? [] : Array.isArray(weightData) ? weightData : [weightData];
  return tf.io.CompositeArrayBuffer.join(parts);
}

function nameOf(source: ModelSource): string {
  return typeof source === 'string' || source instanceof URL ? String(source) : 'the model that was given';
}
