/** A model of two classes in the place of the one that a client is made of, so that the parts can be compiled. */
import type { Preprocess } from '../../../core/data/preprocess.ts';

/** The classes, in the order of the model's scores. */
export const labels = ['cat', 'dog'] as const;

export type Label = (typeof labels)[number];

export const preprocess: Preprocess = {
  width: 224,
  height: 224,
  layout: 'NCHW',
  channels: 'RGB',
  resize: 'crop',
  resizeTo: 256,
  interpolation: 'bilinear',
  scale: 1 / 255,
  mean: [0.485, 0.456, 0.406],
  std: [0.229, 0.224, 0.225],
};

interface ModelFacts {
  /** Name of its file. */
  readonly file: string;
  /** SHA-256 of the ONNX file without weights in other files, or of all weights of a TensorFlow.js model. */
  readonly sha256: string;
  readonly input: string;
  readonly output: string;
  /** Whether the output is to go through a softmax. */
  readonly logits: boolean;
  /** Images of each run, where the model fixes them. */
  readonly batch: number | undefined;
  /** Names of the files beside it that hold weights of an ONNX model. */
  readonly weightFiles: readonly string[];
}

/** The model that this file was made of. */
export const MODEL: ModelFacts = {
  file: 'model.onnx',
  sha256: '',
  input: 'image',
  output: 'scores',
  logits: true,
  batch: undefined,
  weightFiles: [],
};
