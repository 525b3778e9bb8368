import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { type Engine, inputShape } from './engine.ts';
import { inputTensor } from './input.float32.ts';
import { MODEL } from './model.ts';
import { outputValues } from './output.float32.ts';

export function engineOf(session: InferenceSession): Engine {
  return {
    async run(values, count) {
      const input = inputTensor(values, inputShape(count));
      const outputs = await session.run({ [MODEL.input]: input }, [MODEL.output]);
      const output = outputs[MODEL.output] as Tensor;
      const scores = outputValues(await output.getData());
      input.dispose();
      output.dispose();
      return scores;
    },
    dispose: () => session.release(),
  };
}
