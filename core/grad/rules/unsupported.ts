/**
 * Ops that a graph may hold between a weight and the loss, and for which there is no gradient here, each with its
 * reason. In other places of a graph they do no harm. An op that is in no list at all is refused too, without a reason.
 */
import { MICROSOFT } from '../decompositions/domain.ts';
import type { UnsupportedRule } from '../rule.ts';

interface Family {
  readonly reason: string;
  readonly ops: readonly string[];
  readonly domain?: string;
}

const FAMILIES: readonly Family[] = [
  {
    reason: 'which of its bodies runs, and how often, is known only in the run',
    ops: ['If', 'Loop', 'Scan', 'SequenceMap'],
  },
  {
    reason: 'it passes sequences or optional values on, not tensors',
    ops: [
      ...['ConcatFromSequence', 'SequenceAt', 'SequenceConstruct', 'SequenceEmpty', 'SequenceErase'],
      ...['SequenceInsert', 'SplitToSequence', 'Optional', 'OptionalGetElement'],
    ],
  },
  {
    reason: 'rounding to integers has no gradient; start from the float model and quantize the result again',
    ops: [
      ...['QuantizeLinear', 'DequantizeLinear', 'DynamicQuantizeLinear', 'QLinearConv', 'QLinearMatMul'],
      ...['ConvInteger', 'MatMulInteger'],
    ],
  },
  {
    reason: 'rounding to integers has no gradient; start from the float model and quantize the result again',
    domain: MICROSOFT,
    ops: [
      ...[
        'QuantizeLinear',
        'DequantizeLinear',
        'QLinearConv',
        'QGemm',
        'QAttention',
        'QLinearAdd',
        'QLinearAveragePool',
      ],
      ...['QLinearConcat', 'QLinearGlobalAveragePool', 'QLinearLeakyRelu', 'QLinearMul', 'QLinearSigmoid'],
      ...['QLinearSoftmax', 'MatMulNBits', 'MatMulBnb4', 'DynamicQuantizeMatMul', 'MatMulIntegerToFloat'],
      ...['QLinearReduceMean', 'QLinearWhere', 'MatMulFpQ4', 'MatMulNBitsMlp'],
      ...[
        'MatMulNBitsQkv',
        'MatMulNBitsQLoRA',
        'MatMulBlockQuantizedFp4Weight',
        'MatMulBlockQuantizedFp8Weight',
      ],
      ...['GemmFloat8', 'MatMulInteger16', 'MulInteger', 'ReduceSumInteger'],
      ...['GatherBlockQuantized', 'DynamicQuantizeLSTM', 'QEmbedLayerNormalization', 'NhwcMaxPool'],
      ...['QMoE', 'QuantizeBFP', 'DequantizeBFP', 'QuantizeWithOrder'],
      ...['DequantizeWithOrder', 'QOrderedAttention', 'QOrderedGelu', 'QOrderedLayerNormalization'],
      ...['QOrderedLongformerAttention', 'QOrderedMatMul'],
    ],
  },
  {
    reason: 'its steps over time run inside one kernel, which keeps nothing of what a gradient needs',
    ops: ['LSTM', 'GRU', 'RNN'],
  },
  {
    reason: 'it reads from places that are computed, for detection and not for classification',
    ops: ['RoiAlign', 'MaxRoiPool', 'DeformConv'],
  },
  {
    reason: 'it reads from places that are computed, for detection and not for classification',
    domain: MICROSOFT,
    ops: ['GridSample', 'CropAndResize'],
  },
  {
    reason: 'how many elements it gives is known only in the run',
    domain: MICROSOFT,
    ops: ['Unique'],
  },
  {
    reason: 'how many elements it gives is known only in the run',
    ops: ['Compress', 'Unique'],
  },
  {
    reason: 'it is a loss of its own, and the loss is put on the logits here',
    ops: ['SoftmaxCrossEntropyLoss', 'NegativeLogLikelihoodLoss'],
  },
  {
    reason: 'it writes to a state that is kept from token to token, for language models',
    ops: ['CausalConvWithState', 'LinearAttention'],
  },
  {
    reason: 'it is for language models',
    domain: MICROSOFT,
    ops: [
      ...['GroupQueryAttention', 'DecoderMaskedMultiHeadAttention', 'DecoderMaskedSelfAttention'],
      ...['EmbedLayerNormalization', 'LongformerAttention', 'SparseAttention'],
      ...['PackedAttention', 'PackedMultiHeadAttention', 'RemovePadding', 'RestorePadding'],
      ...['RelativePositionBias', 'GatedRelativePositionBias', 'DecoderAttention', 'PagedAttention'],
      ...['GemmaRotaryEmbedding', 'MRotaryEmbedding', 'MoE', 'TorchEmbedding'],
      ...['WordConvEmbedding', 'AttnLSTM', 'BeamSearch', 'GreedySearch'],
      ...['Sampling', 'WhisperBeamSearch', 'NGramRepeatBlock', 'BifurcationDetector'],
    ],
  },
  {
    reason: 'it is no function of images: signals, words, files',
    ops: [
      ...['DFT', 'STFT', 'MelWeightMatrix', 'ImageDecoder', 'TfIdfVectorizer', 'StringConcat'],
      ...['StringNormalizer', 'StringSplit'],
    ],
  },
  {
    reason: 'it is no function of images: signals, words, files',
    domain: MICROSOFT,
    ops: [
      ...['Rfft', 'Irfft', 'ComplexMul', 'ComplexMulConj'],
      ...['DynamicTimeWarping', 'MurmurHash3', 'Tokenizer'],
    ],
  },
  {
    reason: "it is written in the terms of today's operator sets before a model gets here",
    ops: ['Scatter', 'Upsample'],
  },
  {
    reason: 'no image classifier is known to have it',
    ops: [...['BitCast', 'CumProd', 'Det', 'MaxUnpool'], 'SwiGLU'],
  },
  {
    reason: 'no image classifier is known to have it',
    domain: MICROSOFT,
    ops: [
      ...['Inverse', 'CDist', 'UnfoldTensor', 'MaxpoolWithMask'],
      ...['ConvTransposeWithDynamicPads', 'GatherND', 'ScaledSiLU'],
    ],
  },
  {
    reason: 'it is made on the way to a GPU alone, and drops or normalizes in its own kernel',
    domain: MICROSOFT,
    ops: ['BiasSoftmax', 'BiasDropout', 'BitmaskDropout', 'BitmaskBiasDropout'],
  },
  {
    reason: 'it holds what was compiled for one machine; start from the model that it was compiled from',
    domain: MICROSOFT,
    ops: ['EPContext', 'Snpe'],
  },
  {
    reason: 'it is in the blocked layout of one machine; start from a model that was not optimized for one',
    domain: 'com.microsoft.nchwc',
    ops: [
      'Conv',
      'MaxPool',
      'AveragePool',
      'GlobalMaxPool',
      'GlobalAveragePool',
      'ReorderInput',
      'ReorderOutput',
      'Upsample',
    ],
  },
];

export const UNSUPPORTED_RULES: readonly UnsupportedRule[] = FAMILIES.flatMap(({ reason, ops, domain }) =>
  ops.map((op) => ({ op, unsupported: reason, ...(domain === undefined ? {} : { domain }) })),
);
