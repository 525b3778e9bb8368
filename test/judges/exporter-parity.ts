/**
 * Compares `gradientModel` with PyTorch on what PyTorch 2's exporter writes, and prints a table.
 *
 * usage: tsx test/judges/exporter-parity.ts FOLDER [NAME...]
 * FOLDER holds what torch_exports.py wrote; all of it is compared unless names are given. The error of a weight is
 * |ours - PyTorch's| / |PyTorch's|, in the Euclidean norm; a millionth of the gradient of all weights together stands
 * below the bar where PyTorch's is smaller. Where PyTorch's is zero (a bias that a softmax does not see, say), ours must
 * stay below a millionth of that of all weights: rounding noise. PyTorch's gradients are those in double precision; the
 * column PyTorch has by how much its own in single precision are off, which decides nothing. Exits with 1 when an error is
 * above 1e-4, the loss is off by more than 1e-5, or a weight with a gradient has none.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadModel } from '../../adapters/load.ts';
import { openSession } from '../../core/runtime/session.ts';
import { gradientModel } from '../../core/train/gradient-model.ts';

const LIMITS = { gradient: 1e-4, loss: 1e-5 } as const;
const NOISE = 1e-6;
/** Below this share of all gradients together, PyTorch's gradient in double precision is zero. */
const ZERO = 1e-12;

interface Reference {
  readonly loss: number;
  /** The same error of PyTorch's own gradients in single precision. */
  readonly own: number;
  readonly grads: Record<string, { readonly shape: number[]; readonly offset: number }>;
  readonly unmatched: readonly string[];
}

const [folder, ...given] = process.argv.slice(2);
if (!folder) throw new Error('usage: exporter-parity.ts FOLDER [NAME...]');
const names =
  given.length > 0
    ? given
    : readdirSync(folder)
        .filter((file) => file.endsWith('.grads.json'))
        .map((file) => file.replace('.grads.json', ''));

const read = (file: string): Buffer => readFileSync(join(folder, file));
const floats = (file: string): Float32Array => {
  const bytes = read(file);
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
};

const norm = (values: Float32Array): number => Math.sqrt(values.reduce((sum, v) => sum + v * v, 0));

async function compare(name: string): Promise<string> {
  const { loss, own, grads, unmatched } = JSON.parse(read(`${name}.grads.json`).toString()) as Reference;
  const labels = JSON.parse(read(`${name}.labels.json`).toString()) as number[];
  const image = floats(`${name}.input.f32`);
  const reference = floats(`${name}.grads.f32`);
  const classes = floats(`${name}.logits.f32`).length / labels.length;
  const side = Math.sqrt(image.length / labels.length / 3);
  const began = performance.now();
  const model = await loadModel(join(folder!, `${name}.onnx`));
  const size = { height: side, width: side };
  const logits = model.graph.outputs[0]!.name;
  const gradient = await gradientModel(model, { batch: labels.length, loss: 'cross-entropy', size, logits });
  const seconds = (performance.now() - began) / 1000;
  const session = await openSession(gradient.bytes);
  const oneHot = new Float32Array(labels.length * classes);
  labels.forEach((label, row) => {
    oneHot[row * classes + label] = 1;
  });
  const parameters = Object.entries(gradient.parameters).map(([key, p]) => [key, { dtype: 'float32', ...p }]);
  const outputs = await session.run({
    ...Object.fromEntries(parameters),
    [gradient.inputs.image]: { dtype: 'float32', dims: [labels.length, 3, side, side], data: image },
    [gradient.inputs.labels]: { dtype: 'float32', dims: [labels.length, classes], data: oneHot },
  });
  await session.close();

  const whole = norm(reference);
  let worst = { error: 0, weight: '' };
  const without: string[] = [];
  for (const [weight, { shape, offset }] of Object.entries(grads)) {
    const expected = reference.subarray(offset, offset + shape.reduce((a, b) => a * b, 1));
    const output = gradient.outputs.gradients[weight];
    if (output === undefined) {
      if (norm(expected) > NOISE * whole) without.push(weight);
      continue;
    }
    const ours = outputs[output]!.data as Float32Array;
    const bar = norm(expected) < ZERO * whole ? (NOISE / LIMITS.gradient) * whole : NOISE * whole;
    const error = norm(ours.map((v, i) => v - expected[i]!)) / Math.max(norm(expected), bar);
    if (!(error <= worst.error)) worst = { error, weight };
  }
  const ourLoss = (outputs[gradient.outputs.loss]!.data as Float32Array)[0]!;
  const lossError = Math.abs(ourLoss - loss) / Math.abs(loss);
  const isFine = worst.error <= LIMITS.gradient && lossError <= LIMITS.loss && without.length === 0;
  if (!isFine) process.exitCode = 1;
  const cells = [
    name,
    Object.keys(grads).length,
    unmatched.length,
    worst.error.toExponential(1),
    worst.weight,
    own.toExponential(1),
    lossError.toExponential(1),
    seconds.toFixed(1),
    isFine ? '' : without.length > 0 ? `without a gradient: ${without.join(', ')}` : 'above the limit',
  ];
  return `| ${cells.join(' | ')} |`;
}

console.log('| model | weights | not told | largest error | at | PyTorch | loss | built in s | |');
console.log('|---|---|---|---|---|---|---|---|---|');
for (const name of names) {
  try {
    console.log(await compare(name));
  } catch (error) {
    process.exitCode = 1;
    console.log(`| ${name} | failed: ${String(error instanceof Error ? error.message : error)} |`);
  }
}
