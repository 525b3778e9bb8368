/**
 * Compares `gradientModel` with PyTorch: every parameter's gradient, and the loss.
 *
 * usage: tsx test/judges/torch-parity.ts FOLDER NAME...
 * FOLDER holds what torch_parity.py wrote for each NAME: PyTorch's gradients in single precision, in double precision,
 * which here is the truth, and the truth on the other side of each jump that rounding alone may carry one over.
 *
 * "Otherwise" is with one thread, with channels last, without oneDNN, or image by image.
 *
 * The error of a parameter against a reference is |ours - reference|_2 / |reference|_2. Exits with 1 when one is above
 * 1e-4 against PyTorch's single precision. The other distances decide nothing: they tell rounding at a jump, which
 * PyTorch has too, from a wrong gradient.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadModel } from '../../adapters/load.ts';
import type { Model } from '../../core/model.ts';
import { openSession } from '../../core/runtime/session.ts';
import { gradientModel } from '../../core/train/gradient-model.ts';

const LIMIT = 1e-4;
/** What torch_parity.py writes gradients of, in its order, beside those with PyTorch's defaults. */
const SETTINGS = ['defaults', 'one thread', 'without oneDNN', 'image by image', 'channels last'];

type Gradients = ReadonlyMap<string, Numbers>;

interface Reference {
  readonly labels: readonly number[];
  /** [batch, 3, side, side] */
  readonly images: Float32Array;
  readonly classes: number;
  /** In double precision. */
  readonly loss: number;
  readonly single: Gradients;
  readonly double: Gradients;
  /** In single precision, in other settings. */
  readonly settings: readonly Gradients[];
  /** In double precision, beyond jumps of the gradient. */
  readonly jumps: readonly Gradients[];
}

type Numbers = Float32Array | Float64Array;

function readReference(folder: string, name: string): Reference {
  const buffer = (file: string): ArrayBuffer => new Uint8Array(readFileSync(join(folder, file))).buffer;
  const json = (file: string) => JSON.parse(readFileSync(join(folder, file), 'utf8'));
  const { loss64: loss, grads } = json(`${name}.grads.json`) as {
    loss64: number;
    grads: Record<string, { shape: number[]; offset: number }>;
  };
  const byName = (values: Numbers): Gradients =>
    new Map(
      Object.entries(grads).map(([parameter, { shape, offset }]) => [
        parameter,
        values.subarray(offset, offset + shape.reduce((a, b) => a * b, 1)),
      ]),
    );
  const labels = json(`${name}.labels.json`) as number[];
  const double = new Float64Array(buffer(`${name}.grads.f64`));
  const several = (file: string): Gradients[] => {
    const values = new Float32Array(buffer(file));
    return Array.from({ length: values.length / double.length }, (_, i) =>
      byName(values.subarray(i * double.length, (i + 1) * double.length)),
    );
  };
  return {
    labels,
    images: new Float32Array(buffer(`${name}.input.f32`)),
    classes: new Float32Array(buffer(`${name}.logits.f32`)).length / labels.length,
    loss,
    single: byName(new Float32Array(buffer(`${name}.grads.f32`))),
    double: byName(double),
    settings: several(`${name}.settings.f32`),
    jumps: several(`${name}.jumps.f32`),
  };
}

async function ourGradients(
  model: Model,
  { labels, images, classes }: Reference,
  target: 'portable' | 'cpu',
): Promise<{ readonly loss: number; readonly gradients: Gradients }> {
  const batch = labels.length;
  const side = Math.sqrt(images.length / batch / 3);
  const size = { height: side, width: side };
  const gradient = await gradientModel(model, { batch, loss: 'cross-entropy', size, target });
  const oneHot = new Float32Array(batch * classes);
  for (const [row, label] of labels.entries()) oneHot[row * classes + label] = 1;
  const session = await openSession(gradient.bytes);
  const parameters = Object.entries(gradient.parameters).map(([key, p]) => [key, { dtype: 'float32', ...p }]);
  const outputs = await session.run({
    ...Object.fromEntries(parameters),
    [gradient.inputs.image]: { dtype: 'float32', dims: [batch, 3, side, side], data: images },
    [gradient.inputs.labels]: { dtype: 'float32', dims: [batch, classes], data: oneHot },
  });
  await session.close();
  const values = (output: string): Float32Array => outputs[output]!.data as Float32Array;
  return {
    loss: values(gradient.outputs.loss)[0]!,
    gradients: new Map(
      Object.entries(gradient.outputs.gradients).map(([parameter, output]) => [parameter, values(output)]),
    ),
  };
}

/** |values - reference|_2 / |reference|_2, summed in double precision. */
function relativeError(values: Numbers, reference: Numbers): number {
  let [difference, size] = [0, 0];
  for (let i = 0; i < reference.length; i++) {
    difference += (values[i]! - reference[i]!) ** 2;
    size += reference[i]! ** 2;
  }
  return Math.sqrt(difference) / Math.max(Math.sqrt(size), 1e-12);
}

interface Distance {
  readonly error: number;
  readonly parameter: string;
}

/** The largest error of a parameter; NaN is larger than anything. A gradient that is missing counts as zeros. */
function distance(ours: Gradients, reference: Gradients): Distance {
  let worst: Distance = { error: 0, parameter: '' };
  for (const [parameter, expected] of reference) {
    const error = relativeError(ours.get(parameter) ?? new Float32Array(expected.length), expected);
    if (!(error <= worst.error)) worst = { error, parameter };
  }
  return worst;
}

const text = ({ error, parameter }: Distance): string => `${error.toExponential(2)} (${parameter})`;

const [folder, ...names] = process.argv.slice(2);
if (!folder || names.length === 0) throw new Error('usage: torch-parity.ts FOLDER NAME...');
for (const name of names) {
  const reference = readReference(folder, name);
  const model = await loadModel(join(folder, `${name}.onnx`));
  for (const target of ['portable', 'cpu'] as const) {
    const { loss, gradients } = await ourGradients(model, reference, target);
    const single = distance(gradients, reference.single);
    const double = distance(gradients, reference.double);
    const settings = [reference.single, ...reference.settings];
    const apart = settings.flatMap((a) => settings.map((b) => distance(a, b)));
    const nearest = (others: readonly Gradients[]): Distance & { readonly index: number } =>
      others
        .map((each, index) => ({ index, ...distance(gradients, each) }))
        .reduce((a, b) => (b.error < a.error ? b : a));
    const passed = single.error <= LIMIT;
    console.log(
      `${name} (${target}): ${reference.double.size} parameters, ${passed ? 'pass' : 'FAIL'}; largest error`,
    );
    console.log(`  ours, from PyTorch's single precision      ${text(single)}`);
    console.log(`  ours, from double precision                ${text(double)}`);
    console.log(
      `  PyTorch's single, from double precision    ${text(distance(reference.single, reference.double))}`,
    );
    console.log(
      `  PyTorch's single, from itself otherwise    ${text(apart.reduce((a, b) => (b.error <= a.error ? a : b)))}`,
    );
    const ofSettings = nearest(settings);
    console.log(
      `  ours, from the nearest of those            ${text(ofSettings)}, ${SETTINGS[ofSettings.index]}`,
    );
    if (reference.jumps.length > 0)
      console.log(
        `  ours, from the nearest of ${`${reference.jumps.length} other sides`.padEnd(17)}${text(nearest(reference.jumps))}`,
      );
    const lossError = Math.abs(loss - reference.loss) / Math.abs(reference.loss);
    console.log(`  loss, from double precision                ${lossError.toExponential(2)}`);
    if (!passed) process.exitCode = 1;
  }
}
