/**
 * Compares `gradientModel` with PyTorch: every parameter's gradient, and the loss.
 *
 * usage: tsx test/judges/torch-parity.ts FOLDER NAME...
 * FOLDER holds, for each NAME: NAME.onnx, NAME.input.f32, NAME.labels.json, NAME.logits.f32, NAME.grads.json and
 * NAME.grads.f32 (shapes and float offsets of each parameter's gradient), as a PyTorch script wrote them.
 * The error of a parameter is |ours - PyTorch's|_2 / |PyTorch's|_2. Exits with 1 when one is above 1e-4.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadModel } from '../../adapters/load.ts';
import { openSession } from '../../core/runtime/session.ts';
import { gradientModel } from '../../core/train/gradient-model.ts';

const LIMIT = 1e-4;
const [folder, ...names] = process.argv.slice(2);
if (!folder || names.length === 0) throw new Error('usage: torch-parity.ts FOLDER NAME...');

const floats = (file: string): Float32Array => {
  const bytes = readFileSync(join(folder, file));
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
};
const json = (file: string) => JSON.parse(readFileSync(join(folder, file), 'utf8'));

const norm = (values: Float32Array): number => Math.sqrt(values.reduce((sum, v) => sum + v * v, 0));

for (const name of names) {
  const { loss, grads } = json(`${name}.grads.json`) as {
    loss: number;
    grads: Record<string, { shape: number[]; offset: number }>;
  };
  const labels = json(`${name}.labels.json`) as number[];
  const image = floats(`${name}.input.f32`);
  const reference = floats(`${name}.grads.f32`);
  const classes = floats(`${name}.logits.f32`).length / labels.length;
  const model = await loadModel(join(folder, `${name}.onnx`));
  for (const target of ['portable', 'cpu'] as const) {
    const side = Math.sqrt(image.length / labels.length / 3);
    const gradient = await gradientModel(model, {
      batch: labels.length,
      loss: 'cross-entropy',
      size: { height: side, width: side },
      target,
    });
    const session = await openSession(gradient.bytes);
    const oneHot = new Float32Array(labels.length * classes);
    labels.forEach((label, row) => {
      oneHot[row * classes + label] = 1;
    });
    const parameters = Object.entries(gradient.parameters).map(([key, p]) => [
      key,
      { dtype: 'float32', ...p },
    ]);
    const outputs = await session.run({
      ...Object.fromEntries(parameters),
      [gradient.inputs.image]: { dtype: 'float32', dims: [labels.length, 3, side, side], data: image },
      [gradient.inputs.labels]: { dtype: 'float32', dims: [labels.length, classes], data: oneHot },
    });
    await session.close();
    let worst = { error: 0, parameter: '' };
    for (const [parameter, { shape, offset }] of Object.entries(grads)) {
      const size = shape.reduce((a, b) => a * b, 1);
      const expected = reference.subarray(offset, offset + size);
      const output = gradient.outputs.gradients[parameter];
      const ours = output === undefined ? new Float32Array(size) : (outputs[output]!.data as Float32Array);
      const error = norm(ours.map((v, i) => v - expected[i]!)) / Math.max(norm(expected), 1e-12);
      if (!(error <= worst.error)) worst = { error, parameter };
    }
    const lossError =
      Math.abs((outputs[gradient.outputs.loss]!.data as Float32Array)[0]! - loss) / Math.abs(loss);
    console.log(
      `${name} (${target}): ${Object.keys(grads).length} parameters, largest relative error ${worst.error.toExponential(2)} (${worst.parameter}), loss ${lossError.toExponential(2)}`,
    );
    if (!(worst.error <= LIMIT)) process.exitCode = 1;
  }
}
