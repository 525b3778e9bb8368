/**
 * Compares `gradientModel` with PyTorch: every parameter's gradient, and the loss.
 *
 * usage: tsx test/judges/torch-parity.ts FOLDER NAME...
 * FOLDER holds what torch_parity.py wrote for each NAME: PyTorch's gradients in single precision, and in double
 * precision, which here is the truth.
 *
 * The error of a parameter against a reference is |ours - reference|_2 / |reference|_2. A parameter passes when ours is
 * within 1e-4 of PyTorch's single precision, or at least as near to the truth as PyTorch's single precision is: where
 * two values tie nearly in a MaxPool, rounding alone decides where the gradient goes, in PyTorch as anywhere. Exits
 * with 1 when a parameter does not pass.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadModel } from '../../adapters/load.ts';
import type { Model } from '../../core/model.ts';
import { openSession } from '../../core/runtime/session.ts';
import { gradientModel } from '../../core/train/gradient-model.ts';

const LIMIT = 1e-4;

interface Reference {
  readonly labels: readonly number[];
  /** [batch, 3, side, side] */
  readonly images: Float32Array;
  readonly classes: number;
  readonly loss: number;
  readonly loss64: number;
  readonly single: ReadonlyMap<string, Float32Array>;
  readonly double: ReadonlyMap<string, Float64Array>;
}

type Numbers = Float32Array | Float64Array;

function readReference(folder: string, name: string): Reference {
  const buffer = (file: string): ArrayBuffer => new Uint8Array(readFileSync(join(folder, file))).buffer;
  const json = (file: string) => JSON.parse(readFileSync(join(folder, file), 'utf8'));
  const { loss, loss64, grads } = json(`${name}.grads.json`) as {
    loss: number;
    loss64: number;
    grads: Record<string, { shape: number[]; offset: number }>;
  };
  const byName = <T extends Numbers>(values: T): Map<string, T> =>
    new Map(
      Object.entries(grads).map(([parameter, { shape, offset }]) => [
        parameter,
        values.subarray(offset, offset + shape.reduce((a, b) => a * b, 1)) as T,
      ]),
    );
  const labels = json(`${name}.labels.json`) as number[];
  return {
    labels,
    images: new Float32Array(buffer(`${name}.input.f32`)),
    classes: new Float32Array(buffer(`${name}.logits.f32`)).length / labels.length,
    loss,
    loss64,
    single: byName(new Float32Array(buffer(`${name}.grads.f32`))),
    double: byName(new Float64Array(buffer(`${name}.grads.f64`))),
  };
}

interface Gradients {
  readonly loss: number;
  /** Of a parameter; undefined where the loss does not depend on it. */
  of(parameter: string): Float32Array | undefined;
}

async function ourGradients(
  model: Model,
  { labels, images, classes }: Reference,
  target: 'portable' | 'cpu',
): Promise<Gradients> {
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
    of: (parameter) => {
      const output = gradient.outputs.gradients[parameter];
      return output === undefined ? undefined : values(output);
    },
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

/** The errors of one parameter: ours against single and double precision, and single against double. */
interface Errors {
  readonly parameter: string;
  readonly single: number;
  readonly double: number;
  readonly torch: number;
}

function errorsOf(ours: Gradients, reference: Reference): Errors[] {
  return [...reference.single].map(([parameter, single]) => {
    const double = reference.double.get(parameter)!;
    const values = ours.of(parameter) ?? new Float32Array(single.length);
    return {
      parameter,
      single: relativeError(values, single),
      double: relativeError(values, double),
      torch: relativeError(single, double),
    };
  });
}

const passes = ({ single, double, torch }: Errors): boolean => single <= LIMIT || double <= torch;

/** NaN is the largest of all. */
function largest(errors: readonly Errors[], which: 'single' | 'double' | 'torch'): string {
  const worst = errors.reduce((a, b) => (b[which] <= a[which] ? a : b));
  return `${worst[which].toExponential(2)} (${worst.parameter})`;
}

const [folder, ...names] = process.argv.slice(2);
if (!folder || names.length === 0) throw new Error('usage: torch-parity.ts FOLDER NAME...');
for (const name of names) {
  const reference = readReference(folder, name);
  const model = await loadModel(join(folder, `${name}.onnx`));
  for (const target of ['portable', 'cpu'] as const) {
    const ours = await ourGradients(model, reference, target);
    const errors = errorsOf(ours, reference);
    const failed = errors.filter((each) => !passes(each));
    const lossError = Math.abs(ours.loss - reference.loss64) / Math.abs(reference.loss64);
    console.log(
      `${name} (${target}): ${errors.length} parameters, ${failed.length} fail; largest relative error`,
    );
    console.log(`  ours and PyTorch's single precision    ${largest(errors, 'single')}`);
    console.log(`  ours and PyTorch's double precision    ${largest(errors, 'double')}`);
    console.log(`  PyTorch's single and double precision  ${largest(errors, 'torch')}`);
    console.log(`  loss, ours and double precision        ${lossError.toExponential(2)}`);
    const byTruth = errors.filter(({ single }) => !(single <= LIMIT)).length - failed.length;
    if (byTruth > 0)
      console.log(`  ${byTruth} of them pass as no farther from double precision than PyTorch's single`);
    for (const { parameter, single, double, torch } of failed)
      console.log(
        `  FAILS ${parameter}: ${[single, double, torch].map((e) => e.toExponential(2)).join(', ')}`,
      );
    if (failed.length > 0) process.exitCode = 1;
  }
}
