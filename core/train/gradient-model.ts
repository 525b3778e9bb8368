import { MarnetError } from '../errors.ts';
import { crossEntropy, differentiate } from '../grad/index.ts';
import { GraphBuilder, removeUnusedDomains, sizeOf } from '../graph/index.ts';
import { locateFeatures } from '../locate/index.ts';
import { lower, optimize } from '../lower/index.ts';
import type { Model } from '../model.ts';
import { encodeGraph } from '../onnx/index.ts';
import { prepareBackbone } from '../runtime/backbone.ts';
import { inExecutionOrder } from '../runtime/execution-order.ts';
import { imageInput } from '../runtime/image-input.ts';

/** What `gradientModel` is to differentiate, and in what form. */
export interface GradientModelOptions {
  /** Images a run. */
  readonly batch: number;
  readonly loss: 'cross-entropy';
  /** Name of the value [batch, classes] that the loss takes; the located classifier's logits unless told. */
  readonly logits?: string;
  /**
   * What to differentiate by: 'all' weights that full tuning trains, unless told. A name may also be that of another
   * floating constant on the way to the logits: a learned number, an exponent, a statistic.
   */
  readonly wrt?: 'all' | readonly string[];
  /** Image size, for models that leave it open; 224 x 224 unless told. */
  readonly size?: { readonly height: number; readonly width: number };
  /** 'portable' (any runtime and device) unless told; 'cpu' may use forms that only run fast there. */
  readonly target?: 'portable' | 'cpu';
}

/** The loss of a model and its gradient by the weights, as one ONNX model that any runtime runs. */
export interface GradientModel {
  /** An ordinary ONNX model (opset 21): no training ops, no custom ops. */
  readonly bytes: Uint8Array;
  readonly inputs: {
    /** uint8 or float64 where the model's own image input is, else float32; shaped as that one with the batch fixed. */
    readonly image: string;
    /** float32 [batch, classes], one-hot (or smoothed). */
    readonly labels: string;
  };
  readonly outputs: {
    /** float32 [], the mean over the batch. */
    readonly loss: string;
    /** Output name by parameter; each has the parameter's shape. */
    readonly gradients: Readonly<Record<string, string>>;
  };
  /** The weights' values; each is an input of the model, under its own name. */
  readonly parameters: Readonly<
    Record<string, { readonly dims: readonly number[]; readonly data: Float32Array }>
  >;
  /** Images a run: less than asked for only where the model fixes its batch. */
  readonly batch: number;
}

/**
 * The model's loss and its gradient by the weights, as one ONNX graph.
 * @throws MarnetError 'no-gradient' when an op on the way has no rule, 'no-feature-site' when `logits` is not given and
 *   no classifier is found, 'usage' for names that the model does not have and for logits of a
 *   single class, 'unsupported-model' for quantized models.
 */
export async function gradientModel(model: Model, options: GradientModelOptions): Promise<GradientModel> {
  const logits = options.logits ?? locateFeatures(model)[0]!.classifier.logits;
  if (!model.graph.typeOf(logits)) {
    throw new MarnetError('usage', `the model has no value named "${logits}" to take as logits`);
  }
  const wanted = options.wrt === undefined || options.wrt === 'all' ? undefined : new Set(options.wrt);
  const input = imageInput(model.graph);
  const backbone = await prepareBackbone(model.graph, {
    outputs: [logits],
    batch: options.batch,
    size: options.size ?? { height: input.height ?? 224, width: input.width ?? 224 },
    ...(wanted ? { named: wanted } : {}),
  });
  requireAll(wanted, (name) => backbone.parameters.has(name), logits);

  const graph = backbone.graph.clone();
  graph.outputs = [];
  const builder = new GraphBuilder(graph, 'marnet/');
  const scores = builder.value(logits);
  const classes = sizeOf(scores.shape as number[]) / backbone.batch;
  if (classes < 2) {
    throw new MarnetError(
      'usage',
      `"${logits}" has one number an image, of which the cross-entropy is always 0, and so is its gradient`,
      {
        hint: 'Differentiate a model of two classes: put Concat(0, x) behind x, the value before its Sigmoid, and name that as `logits`.',
      },
    );
  }
  const labels = builder.input('labels', 'float32', [backbone.batch, classes]);
  const loss = crossEntropy(builder, builder.reshape(scores, [backbone.batch, classes]), labels);
  const gradients = differentiate(graph, loss.name, [...backbone.parameters.keys()]);
  requireAll(wanted, (name) => Object.hasOwn(gradients, name), logits);
  // It knows the names that differentiation gave, one of which may be that of a weight's gradient.
  const whole = new GraphBuilder(graph);
  whole.output(loss, 'loss');
  const names: Record<string, string> = {};
  for (const [parameter, gradient] of Object.entries(gradients)) {
    names[parameter] = whole.uniqueName(`gradient/${parameter}`);
    whole.output(whole.value(gradient), names[parameter]);
  }
  const lowered = removeUnusedDomains(optimize(lower(optimize(graph), options.target ?? 'portable')));
  return {
    bytes: encodeGraph(inExecutionOrder(lowered)),
    inputs: { image: backbone.image, labels: 'labels' },
    outputs: { loss: 'loss', gradients: names },
    parameters: Object.fromEntries(
      [...backbone.parameters].map(([name, { dims, read }]) => [
        name,
        { dims, data: read().data as Float32Array },
      ]),
    ),
    batch: backbone.batch,
  };
}

/** @throws MarnetError 'usage' unless every wanted name is there. */
function requireAll(
  wanted: ReadonlySet<string> | undefined,
  isThere: (name: string) => boolean,
  logits: string,
): void {
  const missing = [...(wanted ?? [])].filter((name) => !isThere(name));
  if (missing.length === 0) return;
  throw new MarnetError(
    'usage',
    `not floating constants that "${logits}" depends on differentiably: ${missing.join(', ')}`,
    { hint: "Name initializers or Constant nodes of the model's graph, outside bodies of If and Loop." },
  );
}
