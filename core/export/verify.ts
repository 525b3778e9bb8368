/**
 * Whether a written model computes what was trained: it is loaded afresh and run on real images, and its logits are
 * compared with those of the training graph.
 */
import { appendFile, stat, truncate } from 'node:fs/promises';
import { MarnetError } from '../errors.ts';
import { type DType, type Graph, sizeOf, type Tensor, toFloat32 } from '../graph/index.ts';
import { imageInput } from '../runtime/image-input.ts';
import { openSession, type Session } from '../runtime/session.ts';
import { exposeValues } from '../runtime/skeleton.ts';

/** Images of the holdout and what the training graph makes of them. */
export interface HoldoutBatch {
  /** [n, ...] as the model's image input takes them, preprocessed. */
  readonly images: Tensor;
  /** [n, C], row-major. */
  readonly logits: Float32Array;
}

export interface Verification {
  readonly images: number;
  /** Largest absolute difference of a logit. */
  readonly largestDifference: number;
  /** Share of images whose best class is the same, 0 to 1. */
  readonly agreement: number;
  /** The largest difference that is accepted. */
  readonly tolerance: number;
}

/**
 * The largest difference allowed, relative to the largest logit in size, or to 1 where all are smaller. float32 runs
 * through other kernels differ by about 1e-5; another device's kernels round otherwise in the last bits, which heads multiply
 * where features hardly move over the images (4e-3 was seen on WebGPU), and CUDA's may round products to 11 bits; half precision rounds to 1e-3 at each layer; where integers are rounded,
 * a last bit may fall the other way in many places.
 */
const RELATIVE_TOLERANCE = { float32: 1e-3, elsewhere: 1e-2, half: 2e-2, quantized: 1e-1 } as const;

export interface VerifyRequest {
  readonly path: string;
  /** The graph that was written. */
  readonly graph: Graph;
  /** Name of the value that holds the logits. */
  readonly logits: string;
  readonly batches: Iterable<HoldoutBatch> | AsyncIterable<HoldoutBatch>;
  /** Whether their logits were computed by another device than the CPU, which runs the file. */
  readonly elsewhere: boolean;
}

/**
 * Runs the file on every batch; a model that fixes its batch is run that many images at a time.
 * @throws MarnetError 'verification' when a logit differs by more than the tolerance, when the best class of an image
 *   differs by more than a near tie (two classes within twice the tolerance), or when a logit is not finite;
 *   'runtime' when the file does not load or run.
 */
export async function verifyFile(request: VerifyRequest): Promise<Verification> {
  const { path, graph, logits, elsewhere } = request;
  const comparison = new Comparison(relativeTolerance(graph, elsewhere));
  const exposed = graph.outputs.some((output) => output.name === logits);
  const plain = await openSession(path);
  try {
    const probe = exposed ? plain : await openWithValue(path, logits);
    try {
      for await (const batch of request.batches) {
        const first = comparison.images === 0;
        comparison.add(await logitsOf(probe, graph, logits, batch.images), batch);
        // The file as it is must run too, not only with its logits exposed.
        if (first && !exposed) {
          const input = imageInput(graph);
          const count = input.batch ?? batch.images.dims[0]!;
          await plain.run({ [input.name]: rowsOf(batch.images, 0, count) });
        }
      }
    } finally {
      if (probe !== plain) await probe.close();
    }
  } finally {
    await plain.close();
  }
  return comparison.finish(path);
}

export interface CompareRequest {
  /** For messages. */
  readonly path: string;
  /** The model as it is meant to be: its precision says what is accepted. */
  readonly graph: Graph;
  /** [n, ...] as the model's image input takes them. */
  readonly images: AsyncIterable<Tensor>;
  /** Scores [n, C], row-major: as they are meant to be, and as the other form of the model gives them. */
  readonly expected: (images: Tensor) => Promise<Float32Array>;
  readonly actual: (images: Tensor) => Promise<Float32Array>;
  /** Whether weights were rounded: every difference is accepted then and told, as long as it is a number. */
  readonly rounded: boolean;
}

/**
 * Compares two forms of one model on images.
 * @throws MarnetError 'verification' as `verifyFile` does.
 */
export async function compareForms(request: CompareRequest): Promise<Verification> {
  const { path, graph, images, expected, actual, rounded } = request;
  const comparison = new Comparison(rounded ? ROUNDED_TOLERANCE : relativeTolerance(graph));
  for await (const batch of images)
    comparison.add(await actual(batch), { images: batch, logits: await expected(batch) });
  return comparison.finish(path);
}

/** No difference of two numbers is above it. */
const ROUNDED_TOLERANCE = 1e30;

/** Opens the file with one more output, without a second copy of its weights; the file stays as it was. */
async function openWithValue(path: string, value: string): Promise<Session> {
  const { size } = await stat(path);
  try {
    await appendFile(path, exposeValues(new Uint8Array(0), [value]));
    return await openSession(path);
  } finally {
    await truncate(path, size);
  }
}

function relativeTolerance(graph: Graph, elsewhere = false): number {
  if (graph.nodes.some((node) => /Quantize|Integer|^QLinear/.test(node.op)))
    return RELATIVE_TOLERANCE.quantized;
  const half = new Set<DType>(['float16', 'bfloat16']);
  const types = [...graph.constants.values(), ...graph.types.values()];
  if (types.some((type) => half.has(type.dtype))) return RELATIVE_TOLERANCE.half;
  return RELATIVE_TOLERANCE[elsewhere ? 'elsewhere' : 'float32'];
}

/** The value [n, C] for all images, row-major. */
async function logitsOf(
  session: Session,
  graph: Graph,
  value: string,
  images: Tensor,
): Promise<Float32Array> {
  const { name, batch: fixed } = imageInput(graph);
  const count = images.dims[0]!;
  const step = fixed ?? count;
  let logits = new Float32Array(0);
  for (let at = 0; at < count; at += step) {
    const { [value]: result } = await session.run({ [name]: rowsOf(images, at, step) }, [value]);
    const rows = toFloat32(result!);
    const width = rows.length / step;
    if (at === 0) logits = new Float32Array(count * width);
    logits.set(rows.subarray(0, Math.min(step, count - at) * width), at * width);
  }
  return logits;
}

/** `count` rows from `start`; past the end, the last row again. */
function rowsOf(images: Tensor, start: number, count: number): Tensor {
  const total = images.dims[0]!;
  if (start === 0 && count === total) return images;
  const size = sizeOf(images.dims.slice(1));
  const source = images.data as Float32Array;
  const data = new (source.constructor as Float32ArrayConstructor)(count * size);
  for (let i = 0; i < count; i++) {
    const row = Math.min(start + i, total - 1);
    data.set(source.subarray(row * size, (row + 1) * size), i * size);
  }
  return { dtype: images.dtype, dims: [count, ...images.dims.slice(1)], data };
}

class Comparison {
  images = 0;
  readonly #relative: number;
  readonly #pairs: {
    readonly actual: Float32Array;
    readonly expected: Float32Array;
    readonly classes: number;
  }[] = [];

  constructor(relative: number) {
    this.#relative = relative;
  }

  add(actual: Float32Array, { images, logits: expected }: HoldoutBatch): void {
    const count = images.dims[0]!;
    if (actual.length !== expected.length)
      throw new MarnetError(
        'verification',
        `the merged model gives ${actual.length / count} logits an image, the trained one ${expected.length / count}`,
      );
    this.#pairs.push({ actual, expected, classes: expected.length / count });
    this.images += count;
  }

  finish(path: string): Verification {
    if (this.images === 0) throw new RangeError('no images to verify with');
    const scale = Math.max(1, ...this.#pairs.map(({ expected }) => largest(expected)));
    const tolerance = this.#relative * scale;
    let difference = 0;
    let agreeing = 0;
    let conflict: string | undefined;
    let image = 0;
    for (const { actual, expected, classes } of this.#pairs) {
      for (let row = 0; row < expected.length / classes; row++, image++) {
        const [a, e] = [actual, expected].map((all) => all.subarray(row * classes, (row + 1) * classes));
        for (let c = 0; c < classes; c++) {
          const gap = Math.abs(a![c]! - e![c]!);
          difference = Number.isFinite(gap) ? Math.max(difference, gap) : Number.POSITIVE_INFINITY;
        }
        const [now, then] = [bestOf(a!), bestOf(e!)];
        if (now === then) agreeing++;
        else if (!(e![then]! - e![now]! <= 2 * tolerance))
          conflict ??= `image ${image}: class ${now} in place of ${then}`;
      }
    }
    const verification = {
      images: this.images,
      largestDifference: difference,
      agreement: agreeing / this.images,
      tolerance,
    };
    if (!(difference <= tolerance && Number.isFinite(tolerance)) || conflict)
      throw new MarnetError('verification', mismatch(path, verification, conflict), {
        hint: 'The file was not kept. Please report this with the model: export or the runtime computes something else.',
      });
    return verification;
  }
}

function mismatch(path: string, v: Verification, conflict: string | undefined): string {
  const agreement = `${(100 * v.agreement).toFixed(1)} % of ${v.images} images get the same class`;
  const difference = `its logits differ by up to ${v.largestDifference.toPrecision(3)} (${v.tolerance.toPrecision(3)} is allowed)`;
  return `the merged model for "${path}" does not compute what was trained: ${difference}; ${agreement}${conflict ? `; ${conflict}` : ''}`;
}

function largest(values: Float32Array): number {
  let most = 0;
  for (const value of values) most = Math.max(most, Math.abs(value));
  return most;
}

/** The index of the largest, the first of equals. */
export function bestOf(row: Float32Array): number {
  let best = 0;
  for (let i = 1; i < row.length; i++) if (row[i]! > row[best]!) best = i;
  return best;
}
