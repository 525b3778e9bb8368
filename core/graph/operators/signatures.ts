// Generated from codegen/operators/schema.json by `npm run generate`; do not edit.
import type { AttributeOf } from '../attribute.ts';

type Int = AttributeOf<'int'>;
type Float = AttributeOf<'float'>;
type Str = AttributeOf<'string'>;
type Tensor = AttributeOf<'tensor'>;
type Graph = AttributeOf<'graph'>;
type Ints = AttributeOf<'ints'>;
type Floats = AttributeOf<'floats'>;
type Strings = AttributeOf<'strings'>;
type Opaque = AttributeOf<'opaque'>;

/**
 * What each op takes, in any operator set from 7 to 24, by its name; `domain:name` outside the standard domain.
 * V stands for a value. Where operator sets differ, as on axes as attribute or as input, either form is allowed here.
 */
export interface OperatorSignatures<V> {
  /** Operator sets 6, 13. */
  Abs: { inputs: readonly [X: V]; attributes: Record<string, never> };
  /** Operator sets 7, 22. */
  Acos: { inputs: readonly [input: V]; attributes: Record<string, never> };
  /** Operator sets 9, 22. */
  Acosh: { inputs: readonly [input: V]; attributes: Record<string, never> };
  /** Operator sets 7, 13, 14. */
  Add: { inputs: readonly [A: V, B: V]; attributes: Record<string, never> };
  /** Operator sets 20. */
  AffineGrid: { inputs: readonly [theta: V, size: V]; attributes: { align_corners?: Int } };
  /** Operator sets 7. */
  And: { inputs: readonly [A: V, B: V]; attributes: Record<string, never> };
  /** Operator sets 1, 11, 12, 13. */
  ArgMax: { inputs: readonly [data: V]; attributes: { axis?: Int; keepdims?: Int; select_last_index?: Int } };
  /** Operator sets 1, 11, 12, 13. */
  ArgMin: { inputs: readonly [data: V]; attributes: { axis?: Int; keepdims?: Int; select_last_index?: Int } };
  /** Operator sets 7, 22. */
  Asin: { inputs: readonly [input: V]; attributes: Record<string, never> };
  /** Operator sets 9, 22. */
  Asinh: { inputs: readonly [input: V]; attributes: Record<string, never> };
  /** Operator sets 7, 22. */
  Atan: { inputs: readonly [input: V]; attributes: Record<string, never> };
  /** Operator sets 9, 22. */
  Atanh: { inputs: readonly [input: V]; attributes: Record<string, never> };
  /** Operator sets 23, 24. */
  Attention: { inputs: readonly [Q: V, K: V, V: V, attn_mask?: V | undefined, past_key?: V | undefined, past_value?: V | undefined, nonpad_kv_seqlen?: V | undefined]; attributes: { is_causal?: Int; kv_num_heads?: Int; q_num_heads?: Int; qk_matmul_output_mode?: Int; scale?: Float; softcap?: Float; softmax_precision?: Int } };
  /** Operator sets 7, 10, 11, 19, 22. */
  AveragePool: { inputs: readonly [X: V]; attributes: { auto_pad?: Str; ceil_mode?: Int; count_include_pad?: Int; dilations?: Ints; kernel_shape: Ints; pads?: Ints; strides?: Ints } };
  /** Operator sets 7, 9, 14, 15. */
  BatchNormalization: { inputs: readonly [X: V, scale: V, B: V, input_mean: V, input_var: V]; attributes: { epsilon?: Float; momentum?: Float; spatial?: Int; training_mode?: Int } };
  /** Operator sets 15, 22. */
  Bernoulli: { inputs: readonly [input: V]; attributes: { dtype?: Int; seed?: Float } };
  /** Operator sets 11. */
  BitShift: { inputs: readonly [X: V, Y: V]; attributes: { direction: Str } };
  /** Operator sets 18. */
  BitwiseAnd: { inputs: readonly [A: V, B: V]; attributes: Record<string, never> };
  /** Operator sets 18. */
  BitwiseNot: { inputs: readonly [X: V]; attributes: Record<string, never> };
  /** Operator sets 18. */
  BitwiseOr: { inputs: readonly [A: V, B: V]; attributes: Record<string, never> };
  /** Operator sets 18. */
  BitwiseXor: { inputs: readonly [A: V, B: V]; attributes: Record<string, never> };
  /** Operator sets 17. */
  BlackmanWindow: { inputs: readonly [size: V]; attributes: { output_datatype?: Int; periodic?: Int } };
  /** Operator sets 6, 9, 13, 19, 21, 23, 24. */
  Cast: { inputs: readonly [input: V]; attributes: { round_mode?: Str; saturate?: Int; to: Int } };
  /** Operator sets 15, 19, 21, 23, 24. */
  CastLike: { inputs: readonly [input: V, target_type: V]; attributes: { round_mode?: Str; saturate?: Int } };
  /** Operator sets 6, 13. */
  Ceil: { inputs: readonly [X: V]; attributes: Record<string, never> };
  /** Operator sets 12. */
  Celu: { inputs: readonly [X: V]; attributes: { alpha?: Float } };
  /** Operator sets 18. */
  CenterCropPad: { inputs: readonly [input_data: V, shape: V]; attributes: { axes?: Ints } };
  /** Operator sets 6, 11, 12, 13. */
  Clip: { inputs: readonly [input: V, min?: V | undefined, max?: V | undefined]; attributes: { max?: Float; min?: Float } };
  /** Operator sets 18. */
  Col2Im: { inputs: readonly [input: V, image_shape: V, block_shape: V]; attributes: { dilations?: Ints; pads?: Ints; strides?: Ints } };
  /** Operator sets 9, 11. */
  Compress: { inputs: readonly [input: V, condition: V]; attributes: { axis?: Int } };
  /** Operator sets 4, 11, 13. */
  Concat: { inputs: readonly [...V[]]; attributes: { axis: Int } };
  /** Operator sets 11. */
  ConcatFromSequence: { inputs: readonly [input_sequence: V]; attributes: { axis: Int; new_axis?: Int } };
  /** Operator sets 1, 9, 11, 12, 13, 19, 21, 23, 24. */
  Constant: { inputs: readonly []; attributes: { sparse_value?: Opaque; value?: Tensor; value_float?: Float; value_floats?: Floats; value_int?: Int; value_ints?: Ints; value_string?: Str; value_strings?: Strings } };
  /** Operator sets 9, 20, 21, 23, 24. */
  ConstantOfShape: { inputs: readonly [input: V]; attributes: { value?: Tensor } };
  /** Operator sets 1, 11, 22. */
  Conv: { inputs: readonly [X: V, W: V, B?: V | undefined]; attributes: { auto_pad?: Str; dilations?: Ints; group?: Int; kernel_shape?: Ints; pads?: Ints; strides?: Ints } };
  /** Operator sets 10. */
  ConvInteger: { inputs: readonly [x: V, w: V, x_zero_point?: V | undefined, w_zero_point?: V | undefined]; attributes: { auto_pad?: Str; dilations?: Ints; group?: Int; kernel_shape?: Ints; pads?: Ints; strides?: Ints } };
  /** Operator sets 1, 11, 22. */
  ConvTranspose: { inputs: readonly [X: V, W: V, B?: V | undefined]; attributes: { auto_pad?: Str; dilations?: Ints; group?: Int; kernel_shape?: Ints; output_padding?: Ints; output_shape?: Ints; pads?: Ints; strides?: Ints } };
  /** Operator sets 7, 22. */
  Cos: { inputs: readonly [input: V]; attributes: Record<string, never> };
  /** Operator sets 9, 22. */
  Cosh: { inputs: readonly [input: V]; attributes: Record<string, never> };
  /** Operator sets 11, 14. */
  CumSum: { inputs: readonly [x: V, axis: V]; attributes: { exclusive?: Int; reverse?: Int } };
  /** Operator sets 17, 20. */
  DFT: { inputs: readonly [input: V, dft_length?: V | undefined, axis?: V | undefined]; attributes: { axis?: Int; inverse?: Int; onesided?: Int } };
  /** Operator sets 19, 22. */
  DeformConv: { inputs: readonly [X: V, W: V, offset: V, B?: V | undefined, mask?: V | undefined]; attributes: { dilations?: Ints; group?: Int; kernel_shape?: Ints; offset_group?: Int; pads?: Ints; strides?: Ints } };
  /** Operator sets 1, 11, 13. */
  DepthToSpace: { inputs: readonly [input: V]; attributes: { blocksize: Int; mode?: Str } };
  /** Operator sets 10, 13, 19, 21, 23, 24. */
  DequantizeLinear: { inputs: readonly [x: V, x_scale: V, x_zero_point?: V | undefined]; attributes: { axis?: Int; block_size?: Int; output_dtype?: Int } };
  /** Operator sets 11, 22. */
  Det: { inputs: readonly [X: V]; attributes: Record<string, never> };
  /** Operator sets 7, 13, 14. */
  Div: { inputs: readonly [A: V, B: V]; attributes: Record<string, never> };
  /** Operator sets 7, 10, 12, 13, 22. */
  Dropout: { inputs: readonly [data: V, ratio?: V | undefined, training_mode?: V | undefined]; attributes: { ratio?: Float; seed?: Int } };
  /** Operator sets 11. */
  DynamicQuantizeLinear: { inputs: readonly [x: V]; attributes: Record<string, never> };
  /** Operator sets 12. */
  Einsum: { inputs: readonly [...V[]]; attributes: { equation: Str } };
  /** Operator sets 6, 22. */
  Elu: { inputs: readonly [X: V]; attributes: { alpha?: Float } };
  /** Operator sets 7, 11, 13, 19. */
  Equal: { inputs: readonly [A: V, B: V]; attributes: Record<string, never> };
  /** Operator sets 9, 13. */
  Erf: { inputs: readonly [input: V]; attributes: Record<string, never> };
  /** Operator sets 6, 13. */
  Exp: { inputs: readonly [input: V]; attributes: Record<string, never> };
  /** Operator sets 8, 13. */
  Expand: { inputs: readonly [input: V, shape: V]; attributes: Record<string, never> };
  /** Operator sets 9, 22. */
  EyeLike: { inputs: readonly [input: V]; attributes: { dtype?: Int; k?: Int } };
  /** Operator sets 1, 9, 11, 13, 21, 23, 24. */
  Flatten: { inputs: readonly [input: V]; attributes: { axis?: Int } };
  /** Operator sets 6, 13. */
  Floor: { inputs: readonly [X: V]; attributes: Record<string, never> };
  /** Operator sets 7, 14, 22. */
  GRU: { inputs: readonly [X: V, W: V, R: V, B?: V | undefined, sequence_lens?: V | undefined, initial_h?: V | undefined]; attributes: { activation_alpha?: Floats; activation_beta?: Floats; activations?: Strings; clip?: Float; direction?: Str; hidden_size?: Int; layout?: Int; linear_before_reset?: Int } };
  /** Operator sets 1, 11, 13. */
  Gather: { inputs: readonly [data: V, indices: V]; attributes: { axis?: Int } };
  /** Operator sets 11, 13. */
  GatherElements: { inputs: readonly [data: V, indices: V]; attributes: { axis?: Int } };
  /** Operator sets 11, 12, 13. */
  GatherND: { inputs: readonly [data: V, indices: V]; attributes: { batch_dims?: Int } };
  /** Operator sets 20. */
  Gelu: { inputs: readonly [X: V]; attributes: { approximate?: Str } };
  /** Operator sets 7, 9, 11, 13. */
  Gemm: { inputs: readonly [A: V, B: V, C?: V | undefined]; attributes: { alpha?: Float; beta?: Float; transA?: Int; transB?: Int } };
  /** Operator sets 1, 22. */
  GlobalAveragePool: { inputs: readonly [X: V]; attributes: Record<string, never> };
  /** Operator sets 2, 22. */
  GlobalLpPool: { inputs: readonly [X: V]; attributes: { p?: Int } };
  /** Operator sets 1, 22. */
  GlobalMaxPool: { inputs: readonly [X: V]; attributes: Record<string, never> };
  /** Operator sets 7, 9, 13. */
  Greater: { inputs: readonly [A: V, B: V]; attributes: Record<string, never> };
  /** Operator sets 12, 16. */
  GreaterOrEqual: { inputs: readonly [A: V, B: V]; attributes: Record<string, never> };
  /** Operator sets 16, 20, 22. */
  GridSample: { inputs: readonly [X: V, grid: V]; attributes: { align_corners?: Int; mode?: Str; padding_mode?: Str } };
  /** Operator sets 18, 21. */
  GroupNormalization: { inputs: readonly [X: V, scale: V, bias: V]; attributes: { epsilon?: Float; num_groups: Int; stash_type?: Int } };
  /** Operator sets 17. */
  HammingWindow: { inputs: readonly [size: V]; attributes: { output_datatype?: Int; periodic?: Int } };
  /** Operator sets 17. */
  HannWindow: { inputs: readonly [size: V]; attributes: { output_datatype?: Int; periodic?: Int } };
  /** Operator sets 6, 22. */
  HardSigmoid: { inputs: readonly [X: V]; attributes: { alpha?: Float; beta?: Float } };
  /** Operator sets 14, 22. */
  HardSwish: { inputs: readonly [X: V]; attributes: Record<string, never> };
  /** Operator sets 1, 11, 13. */
  Hardmax: { inputs: readonly [input: V]; attributes: { axis?: Int } };
  /** Operator sets 1, 13, 14, 16, 19, 21, 23, 24. */
  Identity: { inputs: readonly [input: V]; attributes: Record<string, never> };
  /** Operator sets 1, 11, 13, 16, 19, 21, 23, 24. */
  If: { inputs: readonly [cond: V]; attributes: { else_branch: Graph; then_branch: Graph } };
  /** Operator sets 20. */
  ImageDecoder: { inputs: readonly [encoded_stream: V]; attributes: { pixel_format?: Str } };
  /** Operator sets 6, 22. */
  InstanceNormalization: { inputs: readonly [input: V, scale: V, B: V]; attributes: { epsilon?: Float } };
  /** Operator sets 10, 20. */
  IsInf: { inputs: readonly [X: V]; attributes: { detect_negative?: Int; detect_positive?: Int } };
  /** Operator sets 9, 13, 20. */
  IsNaN: { inputs: readonly [X: V]; attributes: Record<string, never> };
  /** Operator sets 1, 13. */
  LRN: { inputs: readonly [X: V]; attributes: { alpha?: Float; beta?: Float; bias?: Float; size: Int } };
  /** Operator sets 7, 14, 22. */
  LSTM: { inputs: readonly [X: V, W: V, R: V, B?: V | undefined, sequence_lens?: V | undefined, initial_h?: V | undefined, initial_c?: V | undefined, P?: V | undefined]; attributes: { activation_alpha?: Floats; activation_beta?: Floats; activations?: Strings; clip?: Float; direction?: Str; hidden_size?: Int; input_forget?: Int; layout?: Int } };
  /** Operator sets 17. */
  LayerNormalization: { inputs: readonly [X: V, Scale: V, B?: V | undefined]; attributes: { axis?: Int; epsilon?: Float; stash_type?: Int } };
  /** Operator sets 6, 16. */
  LeakyRelu: { inputs: readonly [X: V]; attributes: { alpha?: Float } };
  /** Operator sets 7, 9, 13. */
  Less: { inputs: readonly [A: V, B: V]; attributes: Record<string, never> };
  /** Operator sets 12, 16. */
  LessOrEqual: { inputs: readonly [A: V, B: V]; attributes: Record<string, never> };
  /** Operator sets 6, 13. */
  Log: { inputs: readonly [input: V]; attributes: Record<string, never> };
  /** Operator sets 1, 11, 13. */
  LogSoftmax: { inputs: readonly [input: V]; attributes: { axis?: Int } };
  /** Operator sets 1, 11, 13, 16, 19, 21, 23, 24. */
  Loop: { inputs: readonly [M?: V | undefined, cond?: V | undefined, ...(V | undefined)[]]; attributes: { body: Graph } };
  /** Operator sets 1, 22. */
  LpNormalization: { inputs: readonly [input: V]; attributes: { axis?: Int; p?: Int } };
  /** Operator sets 2, 11, 18, 22. */
  LpPool: { inputs: readonly [X: V]; attributes: { auto_pad?: Str; ceil_mode?: Int; dilations?: Ints; kernel_shape: Ints; p?: Int; pads?: Ints; strides?: Ints } };
  /** Operator sets 1, 9, 13. */
  MatMul: { inputs: readonly [A: V, B: V]; attributes: Record<string, never> };
  /** Operator sets 10. */
  MatMulInteger: { inputs: readonly [A: V, B: V, a_zero_point?: V | undefined, b_zero_point?: V | undefined]; attributes: Record<string, never> };
  /** Operator sets 6, 8, 12, 13. */
  Max: { inputs: readonly [...V[]]; attributes: Record<string, never> };
  /** Operator sets 1, 8, 10, 11, 12, 22. */
  MaxPool: { inputs: readonly [X: V]; attributes: { auto_pad?: Str; ceil_mode?: Int; dilations?: Ints; kernel_shape: Ints; pads?: Ints; storage_order?: Int; strides?: Ints } };
  /** Operator sets 1, 22. */
  MaxRoiPool: { inputs: readonly [X: V, rois: V]; attributes: { pooled_shape: Ints; spatial_scale?: Float } };
  /** Operator sets 9, 11, 22. */
  MaxUnpool: { inputs: readonly [X: V, I: V, output_shape?: V | undefined]; attributes: { kernel_shape: Ints; pads?: Ints; strides?: Ints } };
  /** Operator sets 6, 8, 13. */
  Mean: { inputs: readonly [...V[]]; attributes: Record<string, never> };
  /** Operator sets 9, 13. */
  MeanVarianceNormalization: { inputs: readonly [X: V]; attributes: { axes?: Ints } };
  /** Operator sets 17. */
  MelWeightMatrix: { inputs: readonly [num_mel_bins: V, dft_length: V, sample_rate: V, lower_edge_hertz: V, upper_edge_hertz: V]; attributes: { output_datatype?: Int } };
  /** Operator sets 6, 8, 12, 13. */
  Min: { inputs: readonly [...V[]]; attributes: Record<string, never> };
  /** Operator sets 18, 22. */
  Mish: { inputs: readonly [X: V]; attributes: Record<string, never> };
  /** Operator sets 10, 13. */
  Mod: { inputs: readonly [A: V, B: V]; attributes: { fmod?: Int } };
  /** Operator sets 7, 13, 14. */
  Mul: { inputs: readonly [A: V, B: V]; attributes: Record<string, never> };
  /** Operator sets 7, 22. */
  Multinomial: { inputs: readonly [input: V]; attributes: { dtype?: Int; sample_size?: Int; seed?: Float } };
  /** Operator sets 6, 13. */
  Neg: { inputs: readonly [X: V]; attributes: Record<string, never> };
  /** Operator sets 12, 13, 22. */
  NegativeLogLikelihoodLoss: { inputs: readonly [input: V, target: V, weight?: V | undefined]; attributes: { ignore_index?: Int; reduction?: Str } };
  /** Operator sets 10, 11. */
  NonMaxSuppression: { inputs: readonly [boxes: V, scores: V, max_output_boxes_per_class?: V | undefined, iou_threshold?: V | undefined, score_threshold?: V | undefined]; attributes: { center_point_box?: Int } };
  /** Operator sets 9, 13. */
  NonZero: { inputs: readonly [X: V]; attributes: Record<string, never> };
  /** Operator sets 1. */
  Not: { inputs: readonly [X: V]; attributes: Record<string, never> };
  /** Operator sets 9, 11. */
  OneHot: { inputs: readonly [indices: V, depth: V, values: V]; attributes: { axis?: Int } };
  /** Operator sets 15. */
  Optional: { inputs: readonly [input?: V | undefined]; attributes: { type?: Opaque } };
  /** Operator sets 15, 18. */
  OptionalGetElement: { inputs: readonly [input: V]; attributes: Record<string, never> };
  /** Operator sets 15, 18. */
  OptionalHasElement: { inputs: readonly [input?: V | undefined]; attributes: Record<string, never> };
  /** Operator sets 7. */
  Or: { inputs: readonly [A: V, B: V]; attributes: Record<string, never> };
  /** Operator sets 7, 9, 16. */
  PRelu: { inputs: readonly [X: V, slope: V]; attributes: Record<string, never> };
  /** Operator sets 2, 11, 13, 18, 19, 21, 23, 24. */
  Pad: { inputs: readonly [data: V, pads?: V | undefined, constant_value?: V | undefined, axes?: V | undefined]; attributes: { mode?: Str; pads?: Ints; value?: Float } };
  /** Operator sets 7, 12, 13, 15. */
  Pow: { inputs: readonly [X: V, Y: V]; attributes: Record<string, never> };
  /** Operator sets 10. */
  QLinearConv: { inputs: readonly [x: V, x_scale: V, x_zero_point: V, w: V, w_scale: V, w_zero_point: V, y_scale: V, y_zero_point: V, B?: V | undefined]; attributes: { auto_pad?: Str; dilations?: Ints; group?: Int; kernel_shape?: Ints; pads?: Ints; strides?: Ints } };
  /** Operator sets 10, 21. */
  QLinearMatMul: { inputs: readonly [a: V, a_scale: V, a_zero_point: V, b: V, b_scale: V, b_zero_point: V, y_scale: V, y_zero_point: V]; attributes: Record<string, never> };
  /** Operator sets 10, 13, 19, 21, 23, 24. */
  QuantizeLinear: { inputs: readonly [x: V, y_scale: V, y_zero_point?: V | undefined]; attributes: { axis?: Int; block_size?: Int; output_dtype?: Int; precision?: Int; saturate?: Int } };
  /** Operator sets 23. */
  RMSNormalization: { inputs: readonly [X: V, scale: V]; attributes: { axis?: Int; epsilon?: Float; stash_type?: Int } };
  /** Operator sets 7, 14, 22. */
  RNN: { inputs: readonly [X: V, W: V, R: V, B?: V | undefined, sequence_lens?: V | undefined, initial_h?: V | undefined]; attributes: { activation_alpha?: Floats; activation_beta?: Floats; activations?: Strings; clip?: Float; direction?: Str; hidden_size?: Int; layout?: Int } };
  /** Operator sets 1, 22. */
  RandomNormal: { inputs: readonly []; attributes: { dtype?: Int; mean?: Float; scale?: Float; seed?: Float; shape: Ints } };
  /** Operator sets 1, 22. */
  RandomNormalLike: { inputs: readonly [input: V]; attributes: { dtype?: Int; mean?: Float; scale?: Float; seed?: Float } };
  /** Operator sets 1, 22. */
  RandomUniform: { inputs: readonly []; attributes: { dtype?: Int; high?: Float; low?: Float; seed?: Float; shape: Ints } };
  /** Operator sets 1, 22. */
  RandomUniformLike: { inputs: readonly [input: V]; attributes: { dtype?: Int; high?: Float; low?: Float; seed?: Float } };
  /** Operator sets 11. */
  Range: { inputs: readonly [start: V, limit: V, delta: V]; attributes: Record<string, never> };
  /** Operator sets 6, 13. */
  Reciprocal: { inputs: readonly [X: V]; attributes: Record<string, never> };
  /** Operator sets 1, 11, 13, 18. */
  ReduceL1: { inputs: readonly [data: V, axes?: V | undefined]; attributes: { axes?: Ints; keepdims?: Int; noop_with_empty_axes?: Int } };
  /** Operator sets 1, 11, 13, 18. */
  ReduceL2: { inputs: readonly [data: V, axes?: V | undefined]; attributes: { axes?: Ints; keepdims?: Int; noop_with_empty_axes?: Int } };
  /** Operator sets 1, 11, 13, 18. */
  ReduceLogSum: { inputs: readonly [data: V, axes?: V | undefined]; attributes: { axes?: Ints; keepdims?: Int; noop_with_empty_axes?: Int } };
  /** Operator sets 1, 11, 13, 18. */
  ReduceLogSumExp: { inputs: readonly [data: V, axes?: V | undefined]; attributes: { axes?: Ints; keepdims?: Int; noop_with_empty_axes?: Int } };
  /** Operator sets 1, 11, 12, 13, 18, 20. */
  ReduceMax: { inputs: readonly [data: V, axes?: V | undefined]; attributes: { axes?: Ints; keepdims?: Int; noop_with_empty_axes?: Int } };
  /** Operator sets 1, 11, 13, 18. */
  ReduceMean: { inputs: readonly [data: V, axes?: V | undefined]; attributes: { axes?: Ints; keepdims?: Int; noop_with_empty_axes?: Int } };
  /** Operator sets 1, 11, 12, 13, 18, 20. */
  ReduceMin: { inputs: readonly [data: V, axes?: V | undefined]; attributes: { axes?: Ints; keepdims?: Int; noop_with_empty_axes?: Int } };
  /** Operator sets 1, 11, 13, 18. */
  ReduceProd: { inputs: readonly [data: V, axes?: V | undefined]; attributes: { axes?: Ints; keepdims?: Int; noop_with_empty_axes?: Int } };
  /** Operator sets 1, 11, 13. */
  ReduceSum: { inputs: readonly [data: V, axes?: V | undefined]; attributes: { axes?: Ints; keepdims?: Int; noop_with_empty_axes?: Int } };
  /** Operator sets 1, 11, 13, 18. */
  ReduceSumSquare: { inputs: readonly [data: V, axes?: V | undefined]; attributes: { axes?: Ints; keepdims?: Int; noop_with_empty_axes?: Int } };
  /** Operator sets 20. */
  RegexFullMatch: { inputs: readonly [X: V]; attributes: { pattern?: Str } };
  /** Operator sets 6, 13, 14. */
  Relu: { inputs: readonly [X: V]; attributes: Record<string, never> };
  /** Operator sets 5, 13, 14, 19, 21, 23, 24. */
  Reshape: { inputs: readonly [data: V, shape: V]; attributes: { allowzero?: Int } };
  /** Operator sets 10, 11, 13, 18, 19. */
  Resize: { inputs: readonly [X: V, roi?: V | undefined, scales?: V | undefined, sizes?: V | undefined]; attributes: { antialias?: Int; axes?: Ints; coordinate_transformation_mode?: Str; cubic_coeff_a?: Float; exclude_outside?: Int; extrapolation_value?: Float; keep_aspect_ratio_policy?: Str; mode?: Str; nearest_mode?: Str } };
  /** Operator sets 10. */
  ReverseSequence: { inputs: readonly [input: V, sequence_lens: V]; attributes: { batch_axis?: Int; time_axis?: Int } };
  /** Operator sets 10, 16, 22. */
  RoiAlign: { inputs: readonly [X: V, rois: V, batch_indices: V]; attributes: { coordinate_transformation_mode?: Str; mode?: Str; output_height?: Int; output_width?: Int; sampling_ratio?: Int; spatial_scale?: Float } };
  /** Operator sets 23. */
  RotaryEmbedding: { inputs: readonly [X: V, cos_cache: V, sin_cache: V, position_ids?: V | undefined]; attributes: { interleaved?: Int; num_heads?: Int; rotary_embedding_dim?: Int } };
  /** Operator sets 11, 22. */
  Round: { inputs: readonly [X: V]; attributes: Record<string, never> };
  /** Operator sets 17. */
  STFT: { inputs: readonly [signal: V, frame_step: V, window?: V | undefined, frame_length?: V | undefined]; attributes: { onesided?: Int } };
  /** Operator sets 8, 9, 11, 16, 19, 21, 23, 24. */
  Scan: { inputs: readonly [...V[]]; attributes: { body: Graph; directions?: Ints; num_scan_inputs: Int; scan_input_axes?: Ints; scan_input_directions?: Ints; scan_output_axes?: Ints; scan_output_directions?: Ints } };
  /** Operator sets 9, 11 (deprecated). */
  Scatter: { inputs: readonly [data: V, indices: V, updates: V]; attributes: { axis?: Int } };
  /** Operator sets 11, 13, 16, 18. */
  ScatterElements: { inputs: readonly [data: V, indices: V, updates: V]; attributes: { axis?: Int; reduction?: Str } };
  /** Operator sets 11, 13, 16, 18. */
  ScatterND: { inputs: readonly [data: V, indices: V, updates: V]; attributes: { reduction?: Str } };
  /** Operator sets 6, 22. */
  Selu: { inputs: readonly [X: V]; attributes: { alpha?: Float; gamma?: Float } };
  /** Operator sets 11. */
  SequenceAt: { inputs: readonly [input_sequence: V, position: V]; attributes: Record<string, never> };
  /** Operator sets 11. */
  SequenceConstruct: { inputs: readonly [...V[]]; attributes: Record<string, never> };
  /** Operator sets 11. */
  SequenceEmpty: { inputs: readonly []; attributes: { dtype?: Int } };
  /** Operator sets 11. */
  SequenceErase: { inputs: readonly [input_sequence: V, position?: V | undefined]; attributes: Record<string, never> };
  /** Operator sets 11. */
  SequenceInsert: { inputs: readonly [input_sequence: V, tensor: V, position?: V | undefined]; attributes: Record<string, never> };
  /** Operator sets 11. */
  SequenceLength: { inputs: readonly [input_sequence: V]; attributes: Record<string, never> };
  /** Operator sets 17. */
  SequenceMap: { inputs: readonly [input_sequence: V, ...(V | undefined)[]]; attributes: { body: Graph } };
  /** Operator sets 1, 13, 15, 19, 21, 23, 24. */
  Shape: { inputs: readonly [data: V]; attributes: { end?: Int; start?: Int } };
  /** Operator sets 9. */
  Shrink: { inputs: readonly [input: V]; attributes: { bias?: Float; lambd?: Float } };
  /** Operator sets 6, 13. */
  Sigmoid: { inputs: readonly [X: V]; attributes: Record<string, never> };
  /** Operator sets 9, 13. */
  Sign: { inputs: readonly [input: V]; attributes: Record<string, never> };
  /** Operator sets 1. */
  SimplifiedLayerNormalization: { inputs: readonly [X: V, scale: V]; attributes: { axis?: Int; epsilon?: Float; stash_type?: Int } };
  /** Operator sets 7, 22. */
  Sin: { inputs: readonly [input: V]; attributes: Record<string, never> };
  /** Operator sets 9, 22. */
  Sinh: { inputs: readonly [input: V]; attributes: Record<string, never> };
  /** Operator sets 1, 13, 19, 21, 23, 24. */
  Size: { inputs: readonly [data: V]; attributes: Record<string, never> };
  /** Operator sets 1, 10, 11, 13. */
  Slice: { inputs: readonly [data: V, starts?: V | undefined, ends?: V | undefined, axes?: V | undefined, steps?: V | undefined]; attributes: { axes?: Ints; ends?: Ints; starts?: Ints } };
  /** Operator sets 1, 11, 13. */
  Softmax: { inputs: readonly [input: V]; attributes: { axis?: Int } };
  /** Operator sets 12, 13. */
  SoftmaxCrossEntropyLoss: { inputs: readonly [scores: V, labels: V, weights?: V | undefined]; attributes: { ignore_index?: Int; reduction?: Str } };
  /** Operator sets 1, 22. */
  Softplus: { inputs: readonly [X: V]; attributes: Record<string, never> };
  /** Operator sets 1, 22. */
  Softsign: { inputs: readonly [input: V]; attributes: Record<string, never> };
  /** Operator sets 1, 13. */
  SpaceToDepth: { inputs: readonly [input: V]; attributes: { blocksize: Int } };
  /** Operator sets 2, 11, 13, 18. */
  Split: { inputs: readonly [input: V, split?: V | undefined]; attributes: { axis?: Int; num_outputs?: Int; split?: Ints } };
  /** Operator sets 11, 24. */
  SplitToSequence: { inputs: readonly [input: V, split?: V | undefined]; attributes: { axis?: Int; keepdims?: Int } };
  /** Operator sets 6, 13. */
  Sqrt: { inputs: readonly [X: V]; attributes: Record<string, never> };
  /** Operator sets 1, 11, 13, 21, 23, 24. */
  Squeeze: { inputs: readonly [data: V, axes?: V | undefined]; attributes: { axes?: Ints } };
  /** Operator sets 20. */
  StringConcat: { inputs: readonly [X: V, Y: V]; attributes: Record<string, never> };
  /** Operator sets 10. */
  StringNormalizer: { inputs: readonly [X: V]; attributes: { case_change_action?: Str; is_case_sensitive?: Int; locale?: Str; stopwords?: Strings } };
  /** Operator sets 20. */
  StringSplit: { inputs: readonly [X: V]; attributes: { delimiter?: Str; maxsplit?: Int } };
  /** Operator sets 7, 13, 14. */
  Sub: { inputs: readonly [A: V, B: V]; attributes: Record<string, never> };
  /** Operator sets 6, 8, 13. */
  Sum: { inputs: readonly [...V[]]; attributes: Record<string, never> };
  /** Operator sets 24. */
  Swish: { inputs: readonly [X: V]; attributes: { alpha?: Float } };
  /** Operator sets 7, 22. */
  Tan: { inputs: readonly [input: V]; attributes: Record<string, never> };
  /** Operator sets 6, 13. */
  Tanh: { inputs: readonly [input: V]; attributes: Record<string, never> };
  /** Operator sets 24. */
  TensorScatter: { inputs: readonly [past_cache: V, update: V, write_indices?: V | undefined]; attributes: { axis?: Int; mode?: Str } };
  /** Operator sets 9. */
  TfIdfVectorizer: { inputs: readonly [X: V]; attributes: { max_gram_length: Int; max_skip_count: Int; min_gram_length: Int; mode: Str; ngram_counts: Ints; ngram_indexes: Ints; pool_int64s?: Ints; pool_strings?: Strings; weights?: Floats } };
  /** Operator sets 10, 22. */
  ThresholdedRelu: { inputs: readonly [X: V]; attributes: { alpha?: Float } };
  /** Operator sets 6, 13. */
  Tile: { inputs: readonly [input: V, repeats: V]; attributes: Record<string, never> };
  /** Operator sets 1, 10, 11, 24. */
  TopK: { inputs: readonly [X: V, K?: V | undefined]; attributes: { axis?: Int; k?: Int; largest?: Int; sorted?: Int } };
  /** Operator sets 1, 13, 21, 23, 24. */
  Transpose: { inputs: readonly [data: V]; attributes: { perm?: Ints } };
  /** Operator sets 14. */
  Trilu: { inputs: readonly [input: V, k?: V | undefined]; attributes: { upper?: Int } };
  /** Operator sets 11. */
  Unique: { inputs: readonly [X: V]; attributes: { axis?: Int; sorted?: Int } };
  /** Operator sets 1, 11, 13, 21, 23, 24. */
  Unsqueeze: { inputs: readonly [data: V, axes?: V | undefined]; attributes: { axes?: Ints } };
  /** Operator sets 7, 9, 10 (deprecated). */
  Upsample: { inputs: readonly [X: V, scales?: V | undefined]; attributes: { mode?: Str; scales?: Floats } };
  /** Operator sets 9, 16. */
  Where: { inputs: readonly [condition: V, X: V, Y: V]; attributes: Record<string, never> };
  /** Operator sets 7. */
  Xor: { inputs: readonly [A: V, B: V]; attributes: Record<string, never> };
  /** Operator sets 1. */
  'ai.onnx.ml:Scaler': { inputs: readonly [X: V]; attributes: { offset?: Floats; scale?: Floats } };
  /** Operator sets 1. */
  'com.microsoft.nchwc:AveragePool': { inputs: readonly [X: V]; attributes: { auto_pad?: Str; ceil_mode?: Int; count_include_pad?: Int; dilations?: Ints; kernel_shape: Ints; pads?: Ints; strides?: Ints } };
  /** Operator sets 1. */
  'com.microsoft.nchwc:Conv': { inputs: readonly [X: V, W: V, B?: V | undefined, Sum?: V | undefined]; attributes: { activation?: Str; activation_params?: Floats; auto_pad?: Str; dilations?: Ints; group?: Int; kernel_shape?: Ints; pads?: Ints; strides?: Ints } };
  /** Operator sets 1. */
  'com.microsoft.nchwc:GlobalAveragePool': { inputs: readonly [X: V]; attributes: Record<string, never> };
  /** Operator sets 1. */
  'com.microsoft.nchwc:GlobalMaxPool': { inputs: readonly [X: V]; attributes: Record<string, never> };
  /** Operator sets 1. */
  'com.microsoft.nchwc:MaxPool': { inputs: readonly [X: V]; attributes: { auto_pad?: Str; ceil_mode?: Int; dilations?: Ints; kernel_shape: Ints; pads?: Ints; storage_order?: Int; strides?: Ints } };
  /** Operator sets 1. */
  'com.microsoft.nchwc:ReorderInput': { inputs: readonly [X: V]; attributes: { channels_last?: Int } };
  /** Operator sets 1. */
  'com.microsoft.nchwc:ReorderOutput': { inputs: readonly [X: V]; attributes: { channels?: Int; channels_last?: Int } };
  /** Operator sets 1. */
  'com.microsoft.nchwc:Upsample': { inputs: readonly [X: V]; attributes: { coordinate_transformation_mode?: Str; mode?: Str; scales?: Ints } };
  /** Operator sets 1. */
  'com.microsoft:Attention': { inputs: readonly [input: V, weights: V, bias?: V | undefined, mask_index?: V | undefined, past?: V | undefined, attention_bias?: V | undefined, past_sequence_length?: V | undefined]; attributes: { do_rotary?: Int; mask_filter_value?: Float; num_heads: Int; past_present_share_buffer?: Int; qkv_hidden_sizes?: Ints; rotary_embedding_dim?: Int; scale?: Float; unidirectional?: Int } };
  /** Operator sets 1. */
  'com.microsoft:AttnLSTM': { inputs: readonly [X: V, W: V, R: V, B?: V | undefined, sequence_lens?: V | undefined, initial_h?: V | undefined, initial_c?: V | undefined, P?: V | undefined, QW?: V | undefined, MW?: V | undefined, V?: V | undefined, M?: V | undefined, memory_seq_lens?: V | undefined, AW?: V | undefined]; attributes: { activation_alpha?: Floats; activation_beta?: Floats; activations?: Strings; clip?: Float; direction?: Str; hidden_size?: Int; input_forget?: Int } };
  /** Operator sets 1. */
  'com.microsoft:BeamSearch': { inputs: readonly [input_ids: V, max_length: V, min_length?: V | undefined, num_beams?: V | undefined, num_return_sequences?: V | undefined, length_penalty?: V | undefined, repetition_penalty?: V | undefined, vocab_mask?: V | undefined, prefix_vocab_mask?: V | undefined, attention_mask?: V | undefined, decoder_input_ids?: V | undefined, logits_processor?: V | undefined]; attributes: { decoder: Graph; decoder_start_token_id?: Int; early_stopping?: Int; encoder?: Graph; eos_token_id: Int; init_decoder?: Graph; model_type?: Int; no_repeat_ngram_size?: Int; pad_token_id: Int; vocab_size?: Int } };
  /** Operator sets 1. */
  'com.microsoft:BiasAdd': { inputs: readonly [X: V, bias: V, skip: V]; attributes: Record<string, never> };
  /** Operator sets 1. */
  'com.microsoft:BiasDropout': { inputs: readonly [data: V, bias: V, residual?: V | undefined, ratio?: V | undefined, training_mode?: V | undefined]; attributes: { seed?: Int } };
  /** Operator sets 1. */
  'com.microsoft:BiasGelu': { inputs: readonly [A: V, B: V]; attributes: Record<string, never> };
  /** Operator sets 1. */
  'com.microsoft:BiasSoftmax': { inputs: readonly [data: V, bias: V]; attributes: { axis?: Int; is_inner_broadcast: Int } };
  /** Operator sets 1. */
  'com.microsoft:BiasSplitGelu': { inputs: readonly [X: V, bias: V]; attributes: Record<string, never> };
  /** Operator sets 1. */
  'com.microsoft:BifurcationDetector': { inputs: readonly [src_tokens: V, cur_tokens: V, prev_suffix_match_idx: V, pred_tokens?: V | undefined]; attributes: { max_ngram_size?: Int; min_ngram_size?: Int } };
  /** Operator sets 1. */
  'com.microsoft:BitmaskBiasDropout': { inputs: readonly [data: V, bias: V, residual?: V | undefined, ratio?: V | undefined, training_mode?: V | undefined]; attributes: { seed?: Int } };
  /** Operator sets 1. */
  'com.microsoft:BitmaskDropout': { inputs: readonly [data: V, ratio?: V | undefined, training_mode?: V | undefined]; attributes: { seed?: Int } };
  /** Operator sets 1. */
  'com.microsoft:CDist': { inputs: readonly [A: V, B: V]; attributes: { metric?: Str } };
  /** Operator sets 1. */
  'com.microsoft:ComplexMul': { inputs: readonly [A: V, B: V]; attributes: Record<string, never> };
  /** Operator sets 1. */
  'com.microsoft:ComplexMulConj': { inputs: readonly [A: V, B: V]; attributes: Record<string, never> };
  /** Operator sets 1. */
  'com.microsoft:ConvTransposeWithDynamicPads': { inputs: readonly [X: V, W: V, Pads?: V | undefined, B?: V | undefined]; attributes: { auto_pad?: Str; dilations?: Ints; group?: Int; kernel_shape?: Ints; output_padding?: Ints; strides?: Ints } };
  /** Operator sets 1. */
  'com.microsoft:CropAndResize': { inputs: readonly [X: V, rois: V, batch_indices: V, crop_size: V]; attributes: { extrapolation_value?: Float; mode?: Str } };
  /** Operator sets 1. */
  'com.microsoft:DecoderAttention': { inputs: readonly [query: V, key: V, q_weight: V, kv_weight: V, bias: V, key_padding_mask?: V | undefined, key_cache?: V | undefined, value_cache?: V | undefined, static_kv?: V | undefined, use_past?: V | undefined, has_layer_state?: V | undefined, has_key_padding_mask?: V | undefined]; attributes: { mask_filter_value?: Float; num_heads: Int } };
  /** Operator sets 1. */
  'com.microsoft:DecoderMaskedMultiHeadAttention': { inputs: readonly [query: V, key?: V | undefined, value?: V | undefined, mask_index?: V | undefined, attention_bias?: V | undefined, past_key?: V | undefined, past_value?: V | undefined, past_sequence_length?: V | undefined, beam_width?: V | undefined, cache_indirection?: V | undefined, bias?: V | undefined]; attributes: { mask_filter_value?: Float; num_heads: Int; output_qk?: Int; past_present_share_buffer?: Int; scale?: Float } };
  /** Operator sets 1. */
  'com.microsoft:DecoderMaskedSelfAttention': { inputs: readonly [input: V, weights: V, bias: V, mask_index?: V | undefined, past?: V | undefined, attention_bias?: V | undefined, past_sequence_length?: V | undefined, beam_width?: V | undefined, cache_indirection?: V | undefined]; attributes: { do_rotary?: Int; mask_filter_value?: Float; num_heads: Int; past_present_share_buffer?: Int; scale?: Float } };
  /** Operator sets 1. */
  'com.microsoft:DequantizeBFP': { inputs: readonly [x: V, shape: V, strides: V]; attributes: { bfp_type: Int; block_dim?: Int; dtype?: Int } };
  /** Operator sets 1. */
  'com.microsoft:DequantizeLinear': { inputs: readonly [x: V, x_scale: V, x_zero_point?: V | undefined]; attributes: { axis?: Int } };
  /** Operator sets 1. */
  'com.microsoft:DequantizeWithOrder': { inputs: readonly [input: V, scale_input: V]; attributes: { order_input: Int; order_output: Int; to: Int } };
  /** Operator sets 1. */
  'com.microsoft:DynamicQuantizeLSTM': { inputs: readonly [X: V, W: V, R: V, B?: V | undefined, sequence_lens?: V | undefined, initial_h?: V | undefined, initial_c?: V | undefined, P?: V | undefined, W_scale?: V | undefined, W_zero_point?: V | undefined, R_scale?: V | undefined, R_zero_point?: V | undefined]; attributes: { activation_alpha?: Floats; activation_beta?: Floats; activations?: Strings; clip?: Float; direction?: Str; hidden_size?: Int; input_forget?: Int } };
  /** Operator sets 1. */
  'com.microsoft:DynamicQuantizeMatMul': { inputs: readonly [A: V, B: V, b_scale: V, b_zero_point?: V | undefined, bias?: V | undefined]; attributes: Record<string, never> };
  /** Operator sets 1. */
  'com.microsoft:DynamicTimeWarping': { inputs: readonly [input: V]; attributes: Record<string, never> };
  /** Operator sets 1. */
  'com.microsoft:EPContext': { inputs: readonly [...V[]]; attributes: { embed_mode?: Int; ep_cache_context?: Str; ep_sdk_version?: Str; hardware_architecture?: Str; main_context?: Int; max_size?: Int; notes?: Str; onnx_model_filename?: Str; partition_name?: Str; source?: Str } };
  /** Operator sets 1. */
  'com.microsoft:EmbedLayerNormalization': { inputs: readonly [input_ids: V, segment_ids?: V | undefined, word_embedding?: V | undefined, position_embedding?: V | undefined, segment_embedding?: V | undefined, gamma?: V | undefined, beta?: V | undefined, mask?: V | undefined, position_ids?: V | undefined]; attributes: { epsilon?: Float; mask_index_type?: Int } };
  /** Operator sets 1. */
  'com.microsoft:ExpandDims': { inputs: readonly [X: V, axis: V]; attributes: Record<string, never> };
  /** Operator sets 1. */
  'com.microsoft:FastGelu': { inputs: readonly [X: V, bias?: V | undefined]; attributes: Record<string, never> };
  /** Operator sets 1. */
  'com.microsoft:FusedConv': { inputs: readonly [X: V, W: V, B?: V | undefined, Z?: V | undefined]; attributes: { activation?: Str; activation_params?: Floats; auto_pad?: Str; dilations?: Ints; group?: Int; kernel_shape?: Ints; pads?: Ints; strides?: Ints } };
  /** Operator sets 1. */
  'com.microsoft:FusedGemm': { inputs: readonly [A: V, B: V, C?: V | undefined]; attributes: { activation?: Str; activation_alpha?: Float; activation_beta?: Float; activation_gamma?: Float; alpha?: Float; beta?: Float; transA?: Int; transB?: Int } };
  /** Operator sets 1. */
  'com.microsoft:FusedMatMul': { inputs: readonly [A: V, B: V]; attributes: { alpha?: Float; transA?: Int; transB?: Int; transBatchA?: Int; transBatchB?: Int } };
  /** Operator sets 1. */
  'com.microsoft:FusedMatMulActivation': { inputs: readonly [A: V, B: V]; attributes: { activation: Str; activation_alpha?: Float; activation_axis?: Int; activation_beta?: Float; activation_gamma?: Float; alpha?: Float; transA?: Int; transB?: Int; transBatchA?: Int; transBatchB?: Int } };
  /** Operator sets 1. */
  'com.microsoft:GatedRelativePositionBias': { inputs: readonly [query_layer: V, query_bias: V, rel_pos: V, weight: V, bias: V, eco_a: V, token_offset?: V | undefined]; attributes: { num_heads: Int } };
  /** Operator sets 1. */
  'com.microsoft:GatherBlockQuantized': { inputs: readonly [data: V, indices: V, scales: V, zero_points?: V | undefined]; attributes: { bits?: Int; block_size?: Int; gather_axis?: Int; quantize_axis?: Int } };
  /** Operator sets 1. */
  'com.microsoft:GatherND': { inputs: readonly [data: V, indices: V]; attributes: Record<string, never> };
  /** Operator sets 1. */
  'com.microsoft:Gelu': { inputs: readonly [X: V]; attributes: Record<string, never> };
  /** Operator sets 1. */
  'com.microsoft:GemmFastGelu': { inputs: readonly [X: V, W: V, bias?: V | undefined]; attributes: Record<string, never> };
  /** Operator sets 1. */
  'com.microsoft:GemmFloat8': { inputs: readonly [A: V, B: V, C?: V | undefined, scaleA?: V | undefined, scaleB?: V | undefined, scaleY?: V | undefined]; attributes: { activation?: Str; alpha?: Float; beta?: Float; dtype?: Int; transA?: Int; transB?: Int } };
  /** Operator sets 1. */
  'com.microsoft:GemmaRotaryEmbedding': { inputs: readonly [emb: V, q: V, q_rot: V, k: V, k_rot: V]; attributes: Record<string, never> };
  /** Operator sets 1. */
  'com.microsoft:GreedySearch': { inputs: readonly [input_ids: V, max_length: V, min_length?: V | undefined, repetition_penalty?: V | undefined, vocab_mask?: V | undefined, prefix_vocab_mask?: V | undefined, attention_mask?: V | undefined]; attributes: { decoder: Graph; decoder_start_token_id?: Int; encoder?: Graph; eos_token_id: Int; init_decoder?: Graph; model_type?: Int; no_repeat_ngram_size?: Int; pad_token_id: Int; vocab_size?: Int } };
  /** Operator sets 1. */
  'com.microsoft:GridSample': { inputs: readonly [X: V, Grid: V]; attributes: { align_corners?: Int; mode?: Str; padding_mode?: Str } };
  /** Operator sets 1. */
  'com.microsoft:GroupNorm': { inputs: readonly [X: V, gamma: V, beta: V]; attributes: { activation: Int; channels_last?: Int; epsilon?: Float; groups: Int } };
  /** Operator sets 1. */
  'com.microsoft:GroupQueryAttention': { inputs: readonly [query: V, key?: V | undefined, value?: V | undefined, past_key?: V | undefined, past_value?: V | undefined, seqlens_k?: V | undefined, total_sequence_length?: V | undefined, cos_cache?: V | undefined, sin_cache?: V | undefined, position_ids?: V | undefined, attention_bias?: V | undefined, head_sink?: V | undefined, k_scale?: V | undefined, v_scale?: V | undefined, q_norm_weight?: V | undefined, k_norm_weight?: V | undefined, query_seqlens?: V | undefined]; attributes: { causal?: Int; do_rotary?: Int; k_norm_epsilon?: Float; k_quant_type?: Str; kv_cache_bit_width?: Int; kv_num_heads: Int; local_window_size?: Int; num_heads: Int; q_norm_epsilon?: Float; qk_norm_epsilon?: Float; qk_output?: Int; rotary_interleaved?: Int; scale?: Float; sliding_window_cache?: Int; smooth_softmax?: Int; softcap?: Float; v_quant_type?: Str } };
  /** Operator sets 1. */
  'com.microsoft:Inverse': { inputs: readonly [X: V]; attributes: Record<string, never> };
  /** Operator sets 1. */
  'com.microsoft:Irfft': { inputs: readonly [X: V]; attributes: { normalized?: Int; onesided?: Int; signal_ndim: Int } };
  /** Operator sets 1. */
  'com.microsoft:IsAllFinite': { inputs: readonly [...V[]]; attributes: { isinf_only?: Int; isnan_only?: Int } };
  /** Operator sets 1. */
  'com.microsoft:LongformerAttention': { inputs: readonly [input: V, weight: V, bias: V, mask: V, global_weight: V, global_bias: V, global: V]; attributes: { num_heads: Int; window: Int } };
  /** Operator sets 1. */
  'com.microsoft:MRotaryEmbedding': { inputs: readonly [input: V, position_ids: V, cos_cache: V, sin_cache: V]; attributes: { interleaved?: Int; is_packed_batching?: Int; mrope_layout?: Int; mrope_section: Ints; num_heads?: Int; rotary_embedding_dim?: Int; scale?: Float } };
  /** Operator sets 1. */
  'com.microsoft:MatMulBlockQuantizedFp4Weight': { inputs: readonly [A: V, B: V, weight_scale: V, weight_scale_2: V, input_scale?: V | undefined, bias?: V | undefined]; attributes: { block_size?: Int } };
  /** Operator sets 1. */
  'com.microsoft:MatMulBlockQuantizedFp8Weight': { inputs: readonly [A: V, B: V, b_scale: V, a_scale?: V | undefined, bias?: V | undefined]; attributes: { block_size?: Int } };
  /** Operator sets 1. */
  'com.microsoft:MatMulBnb4': { inputs: readonly [A: V, B: V, absmax: V]; attributes: { K: Int; N: Int; block_size: Int; quant_type: Int; training_mode?: Int; transB?: Int } };
  /** Operator sets 1. */
  'com.microsoft:MatMulFpQ4': { inputs: readonly [A: V, B: V, B_shape: V]; attributes: { blk_quant_type?: Int } };
  /** Operator sets 1. */
  'com.microsoft:MatMulInteger16': { inputs: readonly [A: V, B: V]; attributes: Record<string, never> };
  /** Operator sets 1. */
  'com.microsoft:MatMulIntegerToFloat': { inputs: readonly [A: V, B: V, a_scale: V, b_scale: V, a_zero_point?: V | undefined, b_zero_point?: V | undefined, bias?: V | undefined]; attributes: Record<string, never> };
  /** Operator sets 1. */
  'com.microsoft:MatMulNBits': { inputs: readonly [A: V, B: V, scales: V, zero_points?: V | undefined, g_idx?: V | undefined, bias?: V | undefined]; attributes: { K: Int; N: Int; accuracy_level?: Int; bits?: Int; block_size: Int; weight_prepacked?: Int } };
  /** Operator sets 1. */
  'com.microsoft:MatMulNBitsMlp': { inputs: readonly [A: V, skip?: V | undefined, norm_scale?: V | undefined, gate_B?: V | undefined, gate_scales?: V | undefined, gate_bias?: V | undefined, up_B?: V | undefined, up_scales?: V | undefined, up_bias?: V | undefined]; attributes: { K: Int; N: Int; accuracy_level?: Int; activation: Str; bits?: Int; block_size: Int; epsilon?: Float } };
  /** Operator sets 1. */
  'com.microsoft:MatMulNBitsQLoRA': { inputs: readonly [X: V, W: V, scales: V, lora_A: V, lora_A_scales: V, lora_B: V, lora_B_scales: V]; attributes: { K: Int; N: Int; accuracy_level?: Int; bits?: Int; block_size?: Int; lora_bits?: Int; lora_block_size?: Int } };
  /** Operator sets 1. */
  'com.microsoft:MatMulNBitsQkv': { inputs: readonly [A: V, skip?: V | undefined, norm_scale?: V | undefined, q_B?: V | undefined, q_scales?: V | undefined, q_bias?: V | undefined, k_B?: V | undefined, k_scales?: V | undefined, k_bias?: V | undefined, v_B?: V | undefined, v_scales?: V | undefined, v_bias?: V | undefined]; attributes: { K: Int; Nkv: Int; Nq: Int; accuracy_level?: Int; bits?: Int; block_size: Int; epsilon?: Float } };
  /** Operator sets 1. */
  'com.microsoft:MaxpoolWithMask': { inputs: readonly [X: V, M: V]; attributes: { auto_pad?: Str; kernel_shape?: Ints; pads?: Ints; storage_order?: Int; strides?: Ints } };
  /** Operator sets 1. */
  'com.microsoft:MoE': { inputs: readonly [input: V, router_probs: V, fc1_experts_weights: V, fc1_experts_bias?: V | undefined, fc2_experts_weights?: V | undefined, fc2_experts_bias?: V | undefined, fc3_experts_weights?: V | undefined, fc3_experts_bias?: V | undefined]; attributes: { activation_alpha?: Float; activation_beta?: Float; activation_type?: Str; k?: Int; normalize_routing_weights?: Int; swiglu_fusion?: Int; swiglu_limit?: Float; swiglu_limit_after_activation?: Int; use_sparse_mixer?: Int } };
  /** Operator sets 1. */
  'com.microsoft:MulInteger': { inputs: readonly [A: V, A_zero_point?: V | undefined, B?: V | undefined, B_zero_point?: V | undefined]; attributes: Record<string, never> };
  /** Operator sets 1. */
  'com.microsoft:MultiHeadAttention': { inputs: readonly [query: V, key?: V | undefined, value?: V | undefined, bias?: V | undefined, key_padding_mask?: V | undefined, attention_bias?: V | undefined, past_key?: V | undefined, past_value?: V | undefined, past_sequence_length?: V | undefined, cache_indirection?: V | undefined]; attributes: { mask_filter_value?: Float; num_heads: Int; scale?: Float; unidirectional?: Int } };
  /** Operator sets 1. */
  'com.microsoft:MurmurHash3': { inputs: readonly [X: V]; attributes: { positive?: Int; seed?: Int } };
  /** Operator sets 1. */
  'com.microsoft:NGramRepeatBlock': { inputs: readonly [input_ids: V, scores: V]; attributes: { ngram_size: Int } };
  /** Operator sets 1. */
  'com.microsoft:NhwcConv': { inputs: readonly [X: V, W: V, B?: V | undefined]; attributes: { auto_pad?: Str; dilations?: Ints; group?: Int; kernel_shape?: Ints; pads?: Ints; strides?: Ints } };
  /** Operator sets 1. */
  'com.microsoft:NhwcFusedConv': { inputs: readonly [X: V, W: V, B?: V | undefined, Z?: V | undefined]; attributes: { activation?: Str; activation_params?: Floats; auto_pad?: Str; dilations?: Ints; group?: Int; kernel_shape?: Ints; pads?: Ints; strides?: Ints } };
  /** Operator sets 1. */
  'com.microsoft:NhwcMaxPool': { inputs: readonly [x: V]; attributes: { auto_pad?: Str; ceil_mode?: Int; dilations?: Ints; kernel_shape: Ints; pads?: Ints; strides?: Ints } };
  /** Operator sets 1. */
  'com.microsoft:PackedAttention': { inputs: readonly [input: V, weights: V, bias: V, token_offset: V, cumulative_sequence_length: V, attention_bias?: V | undefined]; attributes: { num_heads: Int; qkv_hidden_sizes?: Ints; scale?: Float } };
  /** Operator sets 1. */
  'com.microsoft:PackedMultiHeadAttention': { inputs: readonly [query: V, key?: V | undefined, value?: V | undefined, bias?: V | undefined, token_offset?: V | undefined, cumulative_sequence_length?: V | undefined, attention_bias?: V | undefined]; attributes: { mask_filter_value?: Float; num_heads: Int; scale?: Float } };
  /** Operator sets 1. */
  'com.microsoft:Pad': { inputs: readonly [data: V, pads: V, value?: V | undefined]; attributes: { mode?: Str } };
  /** Operator sets 1. */
  'com.microsoft:PagedAttention': { inputs: readonly [query: V, key?: V | undefined, value?: V | undefined, key_cache?: V | undefined, value_cache?: V | undefined, cumulative_sequence_length?: V | undefined, past_seqlens?: V | undefined, block_table?: V | undefined, cos_cache?: V | undefined, sin_cache?: V | undefined, slot_mapping?: V | undefined, head_sink?: V | undefined, q_norm_weight?: V | undefined, k_norm_weight?: V | undefined, k_scale?: V | undefined, v_scale?: V | undefined, attention_metadata?: V | undefined]; attributes: { do_rotary?: Int; is_causal?: Int; k_cache_dtype?: Str; k_quant_type?: Str; kv_cache_layout?: Str; kv_num_heads: Int; local_window_size?: Int; num_heads: Int; qk_norm_epsilon?: Float; rotary_interleaved?: Int; rotary_offset?: Int; scale?: Float; softcap?: Float; v_cache_dtype?: Str; v_head_size?: Int; v_quant_type?: Str } };
  /** Operator sets 1. */
  'com.microsoft:QAttention': { inputs: readonly [input: V, weight: V, bias: V, input_scale: V, weight_scale: V, mask_index?: V | undefined, input_zero_point?: V | undefined, weight_zero_point?: V | undefined, past?: V | undefined]; attributes: { do_rotary?: Int; mask_filter_value?: Float; num_heads: Int; past_present_share_buffer?: Int; scale?: Float; unidirectional?: Int } };
  /** Operator sets 1. */
  'com.microsoft:QEmbedLayerNormalization': { inputs: readonly [input_ids: V, segment_ids?: V | undefined, word_embedding_quant?: V | undefined, position_embedding_quant?: V | undefined, segment_embedding?: V | undefined, gamma_quant?: V | undefined, beta_quant?: V | undefined, mask?: V | undefined, word_embedding_scale?: V | undefined, position_embedding_scale?: V | undefined, segment_embedding_scale?: V | undefined, gamma_scale?: V | undefined, beta_scale?: V | undefined, word_embedding_zero_point?: V | undefined, position_embedding_zero_point?: V | undefined, segment_embedding_zero_point?: V | undefined, gamma_zero_point?: V | undefined, beta_zero_point?: V | undefined]; attributes: { epsilon?: Float } };
  /** Operator sets 1. */
  'com.microsoft:QGemm': { inputs: readonly [A: V, a_scale: V, a_zero_point: V, B: V, b_scale: V, b_zero_point: V, C?: V | undefined, y_scale?: V | undefined, y_zero_point?: V | undefined]; attributes: { alpha?: Float; transA?: Int; transB?: Int } };
  /** Operator sets 1. */
  'com.microsoft:QLinearAdd': { inputs: readonly [A: V, A_scale: V, A_zero_point?: V | undefined, B?: V | undefined, B_scale?: V | undefined, B_zero_point?: V | undefined, C_scale?: V | undefined, C_zero_point?: V | undefined]; attributes: Record<string, never> };
  /** Operator sets 1. */
  'com.microsoft:QLinearAveragePool': { inputs: readonly [X: V, x_scale: V, x_zero_point?: V | undefined, y_scale?: V | undefined, y_zero_point?: V | undefined]; attributes: { auto_pad?: Str; ceil_mode?: Int; channels_last?: Int; count_include_pad?: Int; kernel_shape: Ints; pads?: Ints; strides?: Ints } };
  /** Operator sets 1. */
  'com.microsoft:QLinearConcat': { inputs: readonly [Y_scale: V, Y_zero_point: V, ...(V | undefined)[]]; attributes: { axis: Int } };
  /** Operator sets 1. */
  'com.microsoft:QLinearConv': { inputs: readonly [x: V, x_scale: V, x_zero_point: V, w: V, w_scale: V, w_zero_point: V, y_scale: V, y_zero_point: V, B?: V | undefined]; attributes: { auto_pad?: Str; channels_last?: Int; dilations?: Ints; group?: Int; kernel_shape?: Ints; pads?: Ints; strides?: Ints } };
  /** Operator sets 1. */
  'com.microsoft:QLinearGlobalAveragePool': { inputs: readonly [X: V, x_scale: V, x_zero_point: V, y_scale: V, y_zero_point: V]; attributes: { channels_last?: Int } };
  /** Operator sets 1. */
  'com.microsoft:QLinearLeakyRelu': { inputs: readonly [X: V, X_scale: V, X_zero_point?: V | undefined, Y_scale?: V | undefined, Y_zero_point?: V | undefined]; attributes: { alpha?: Float } };
  /** Operator sets 1. */
  'com.microsoft:QLinearMul': { inputs: readonly [A: V, A_scale: V, A_zero_point?: V | undefined, B?: V | undefined, B_scale?: V | undefined, B_zero_point?: V | undefined, C_scale?: V | undefined, C_zero_point?: V | undefined]; attributes: Record<string, never> };
  /** Operator sets 1. */
  'com.microsoft:QLinearReduceMean': { inputs: readonly [data: V, data_scale: V, data_zero_point?: V | undefined, reduced_scale?: V | undefined, reduced_zero_point?: V | undefined]; attributes: { axes: Ints; keepdims: Int } };
  /** Operator sets 1. */
  'com.microsoft:QLinearSigmoid': { inputs: readonly [X: V, X_scale: V, X_zero_point?: V | undefined, Y_scale?: V | undefined, Y_zero_point?: V | undefined]; attributes: Record<string, never> };
  /** Operator sets 1. */
  'com.microsoft:QLinearSoftmax': { inputs: readonly [X: V, X_scale: V, x_zero_point?: V | undefined, y_scale?: V | undefined, y_zero_point?: V | undefined]; attributes: { axis?: Int; opset: Int } };
  /** Operator sets 1. */
  'com.microsoft:QLinearWhere': { inputs: readonly [condition: V, X: V, x_scale: V, x_zero_point: V, Y: V, y_scale: V, y_zero_point: V, z_scale: V, z_zero_point: V]; attributes: Record<string, never> };
  /** Operator sets 1. */
  'com.microsoft:QMoE': { inputs: readonly [input: V, router_probs: V, fc1_experts_weights: V, fc1_scales?: V | undefined, fc1_experts_bias?: V | undefined, fc2_experts_weights?: V | undefined, fc2_scales?: V | undefined, fc2_experts_bias?: V | undefined, fc3_experts_weights?: V | undefined, fc3_scales?: V | undefined, fc3_experts_bias?: V | undefined, fc1_zero_points?: V | undefined, fc2_zero_points?: V | undefined, fc3_zero_points?: V | undefined, router_weights?: V | undefined, fc1_global_scale?: V | undefined, fc2_global_scale?: V | undefined, fc1_act_scale?: V | undefined, fc2_act_scale?: V | undefined, fc1_act_block_scale?: V | undefined, fc2_act_block_scale?: V | undefined]; attributes: { accuracy_level?: Int; activation_alpha?: Float; activation_beta?: Float; activation_type?: Str; block_size?: Int; expert_weight_bits?: Int; fc1_expert_weight_bits?: Int; fc2_expert_weight_bits?: Int; fc3_expert_weight_bits?: Int; k?: Int; normalize_routing_weights?: Int; quant_type?: Str; swiglu_fusion?: Int; swiglu_limit?: Float; swiglu_limit_after_activation?: Int; use_sparse_mixer?: Int; weights_prepacked?: Int } };
  /** Operator sets 1. */
  'com.microsoft:QOrderedAttention': { inputs: readonly [input: V, scale_input: V, scale_Q_gemm: V, scale_K_gemm: V, scale_V_gemm: V, Q_weight: V, K_weight: V, V_weight: V, scale_Q_weight: V, scale_K_weight: V, scale_V_weight: V, Q_bias: V, K_bias: V, V_bias: V, scale_QKT_gemm?: V | undefined, scale_QKT_softmax?: V | undefined, scale_values_gemm?: V | undefined, mask_index?: V | undefined, past?: V | undefined, attention_bias?: V | undefined]; attributes: { num_heads: Int; order_input: Int; order_output: Int; order_weight: Int; qkv_hidden_sizes?: Ints; unidirectional?: Int } };
  /** Operator sets 1. */
  'com.microsoft:QOrderedGelu': { inputs: readonly [X: V, scale_X: V, scale_Y: V]; attributes: { order_X?: Int; order_Y?: Int } };
  /** Operator sets 1. */
  'com.microsoft:QOrderedLayerNormalization': { inputs: readonly [X: V, scale_X: V, scale: V, B?: V | undefined, scale_Y?: V | undefined]; attributes: { axis?: Int; epsilon?: Float; order_X?: Int; order_Y?: Int } };
  /** Operator sets 1. */
  'com.microsoft:QOrderedLongformerAttention': { inputs: readonly [input: V, scale_input: V, weight: V, scale_weight: V, bias: V, scale_bias: V, scale_qkv_gemm: V, mask: V, global_weight: V, scale_global_weight: V, global_bias: V, scale_global_gemm: V, global: V, scale_output: V]; attributes: { num_heads: Int; order_global_weight: Int; order_input: Int; order_output: Int; order_weight: Int; window: Int } };
  /** Operator sets 1. */
  'com.microsoft:QOrderedMatMul': { inputs: readonly [A: V, scale_A: V, B: V, scale_B: V, scale_Y: V, bias?: V | undefined, C?: V | undefined, scale_C?: V | undefined]; attributes: { order_A: Int; order_B: Int; order_Y: Int } };
  /** Operator sets 1. */
  'com.microsoft:QuantizeBFP': { inputs: readonly [x: V]; attributes: { bfp_type: Int; block_dim?: Int } };
  /** Operator sets 1. */
  'com.microsoft:QuantizeLinear': { inputs: readonly [x: V, y_scale: V, y_zero_point?: V | undefined]; attributes: { axis?: Int } };
  /** Operator sets 1. */
  'com.microsoft:QuantizeWithOrder': { inputs: readonly [input: V, scale_input: V]; attributes: { order_input: Int; order_output: Int } };
  /** Operator sets 1. */
  'com.microsoft:QuickGelu': { inputs: readonly [X: V]; attributes: { alpha?: Float } };
  /** Operator sets 1. */
  'com.microsoft:Range': { inputs: readonly [start: V, limit: V, delta?: V | undefined]; attributes: Record<string, never> };
  /** Operator sets 1. */
  'com.microsoft:ReduceSumInteger': { inputs: readonly [data: V]; attributes: { axes: Ints; keepdims: Int } };
  /** Operator sets 1. */
  'com.microsoft:RelativePositionBias': { inputs: readonly [bias_table: V, query_length: V, key_length: V]; attributes: { is_bidirectional?: Int; max_distance: Int } };
  /** Operator sets 1. */
  'com.microsoft:RemovePadding': { inputs: readonly [input: V, sequence_token_count: V]; attributes: Record<string, never> };
  /** Operator sets 1. */
  'com.microsoft:RestorePadding': { inputs: readonly [input: V, token_offset: V]; attributes: Record<string, never> };
  /** Operator sets 1. */
  'com.microsoft:Rfft': { inputs: readonly [X: V]; attributes: { normalized?: Int; onesided?: Int; signal_ndim?: Int } };
  /** Operator sets 1. */
  'com.microsoft:RotaryEmbedding': { inputs: readonly [input: V, position_ids: V, cos_cache: V, sin_cache: V]; attributes: { interleaved?: Int; is_packed_batching?: Int; num_heads?: Int; rotary_embedding_dim?: Int; scale?: Float } };
  /** Operator sets 1. */
  'com.microsoft:Sampling': { inputs: readonly [input_ids: V, max_length: V, min_length?: V | undefined, repetition_penalty?: V | undefined, vocab_mask?: V | undefined, prefix_vocab_mask?: V | undefined, attention_mask?: V | undefined, presence_mask?: V | undefined, seed?: V | undefined]; attributes: { custom?: Int; decoder: Graph; decoder_start_token_id?: Int; encoder?: Graph; eos_token_id: Int; filter_value?: Float; init_decoder?: Graph; min_tokens_to_keep?: Int; model_type?: Int; no_repeat_ngram_size?: Int; pad_token_id: Int; presence_penalty?: Float; temperature?: Float; top_p?: Float; vocab_size?: Int } };
  /** Operator sets 1. */
  'com.microsoft:ScaledSiLU': { inputs: readonly [X: V, scale?: V | undefined]; attributes: { alpha?: Float } };
  /** Operator sets 1. */
  'com.microsoft:SkipGroupNorm': { inputs: readonly [X: V, gamma: V, beta: V, skip: V, bias?: V | undefined]; attributes: { activation: Int; channels_last?: Int; epsilon?: Float; groups: Int } };
  /** Operator sets 1. */
  'com.microsoft:SkipLayerNormalization': { inputs: readonly [input: V, skip: V, gamma: V, beta?: V | undefined, bias?: V | undefined]; attributes: { epsilon?: Float } };
  /** Operator sets 1. */
  'com.microsoft:SkipSimplifiedLayerNormalization': { inputs: readonly [input: V, skip: V, gamma: V, bias?: V | undefined]; attributes: { epsilon?: Float } };
  /** Operator sets 1. */
  'com.microsoft:Snpe': { inputs: readonly [...V[]]; attributes: { DLC: Str; notes?: Str; snpe_version?: Str; target_device?: Str } };
  /** Operator sets 1. */
  'com.microsoft:SparseAttention': { inputs: readonly [query: V, key?: V | undefined, value?: V | undefined, past_key?: V | undefined, past_value?: V | undefined, block_row_indices?: V | undefined, block_col_indices?: V | undefined, total_sequence_length?: V | undefined, key_total_sequence_lengths?: V | undefined, cos_cache?: V | undefined, sin_cache?: V | undefined]; attributes: { do_rotary?: Int; kv_num_heads: Int; num_heads: Int; rotary_interleaved?: Int; scale?: Float; sparse_block_size: Int } };
  /** Operator sets 1. */
  'com.microsoft:Tokenizer': { inputs: readonly [X: V]; attributes: { mark: Int; mincharnum: Int; pad_value: Str; separators?: Strings; tokenexp?: Str } };
  /** Operator sets 1. */
  'com.microsoft:TorchEmbedding': { inputs: readonly [weight: V, indices: V, padding_idx?: V | undefined, scale_grad_by_freq?: V | undefined]; attributes: Record<string, never> };
  /** Operator sets 1. */
  'com.microsoft:TransposeMatMul': { inputs: readonly [A: V, B: V]; attributes: { alpha?: Float; transA?: Int; transB?: Int } };
  /** Operator sets 1. */
  'com.microsoft:Trilu': { inputs: readonly [X: V, k?: V | undefined]; attributes: { upper?: Int } };
  /** Operator sets 1. */
  'com.microsoft:UnfoldTensor': { inputs: readonly [input: V]; attributes: { dim?: Int; size: Int; step?: Int } };
  /** Operator sets 1. */
  'com.microsoft:Unique': { inputs: readonly [x: V]; attributes: Record<string, never> };
  /** Operator sets 1. */
  'com.microsoft:WhisperBeamSearch': { inputs: readonly [input_ids: V, max_length: V, min_length?: V | undefined, num_beams?: V | undefined, num_return_sequences?: V | undefined, length_penalty?: V | undefined, repetition_penalty?: V | undefined, vocab_mask?: V | undefined, prefix_vocab_mask?: V | undefined, attention_mask?: V | undefined, decoder_input_ids?: V | undefined, logits_processor?: V | undefined, cross_qk_layer_head?: V | undefined, extra_decoding_ids?: V | undefined, temperature?: V | undefined]; attributes: { beginning_timestamp_token_id?: Int; decoder: Graph; decoder_output_cross_qk?: Int; decoder_start_token_id?: Int; early_stopping?: Int; encoder?: Graph; eos_token_id: Int; init_decoder?: Graph; model_type?: Int; no_repeat_ngram_size?: Int; no_speech_token_id?: Int; no_timestamps_token_id?: Int; pad_token_id: Int; start_of_lm_token_id?: Int; transcribe_token_id?: Int; translate_token_id?: Int; vocab_size?: Int } };
  /** Operator sets 1. */
  'com.microsoft:WordConvEmbedding': { inputs: readonly [Sequence: V, W: V, B: V, C: V]; attributes: { char_embedding_size?: Int; conv_window_size?: Int; embedding_size?: Int } };
}

/** Names of attributes that nodes of some op are never without: it has a default for them, or requires them. */
export interface SettledAttributes {
  int: 'K' | 'N' | 'Nkv' | 'Nq' | 'accuracy_level' | 'activation' | 'align_corners' | 'allowzero' | 'antialias' | 'axis' | 'batch_axis' | 'batch_dims' | 'bfp_type' | 'bits' | 'blk_quant_type' | 'block_dim' | 'block_size' | 'blocksize' | 'causal' | 'ceil_mode' | 'center_point_box' | 'channels' | 'channels_last' | 'count_include_pad' | 'custom' | 'decoder_start_token_id' | 'detect_negative' | 'detect_positive' | 'dim' | 'dtype' | 'early_stopping' | 'embed_mode' | 'eos_token_id' | 'exclude_outside' | 'exclusive' | 'expert_weight_bits' | 'fmod' | 'gather_axis' | 'group' | 'groups' | 'input_forget' | 'interleaved' | 'inverse' | 'is_bidirectional' | 'is_case_sensitive' | 'is_causal' | 'is_inner_broadcast' | 'isinf_only' | 'isnan_only' | 'k' | 'keepdims' | 'kv_num_heads' | 'largest' | 'layout' | 'linear_before_reset' | 'local_window_size' | 'lora_bits' | 'lora_block_size' | 'main_context' | 'mark' | 'max_distance' | 'max_gram_length' | 'max_ngram_size' | 'max_size' | 'max_skip_count' | 'min_gram_length' | 'min_ngram_size' | 'min_tokens_to_keep' | 'mincharnum' | 'model_type' | 'new_axis' | 'ngram_size' | 'no_repeat_ngram_size' | 'noop_with_empty_axes' | 'normalize_routing_weights' | 'normalized' | 'num_groups' | 'num_heads' | 'num_scan_inputs' | 'offset_group' | 'onesided' | 'opset' | 'order_A' | 'order_B' | 'order_X' | 'order_Y' | 'order_global_weight' | 'order_input' | 'order_output' | 'order_weight' | 'output_datatype' | 'output_dtype' | 'output_height' | 'output_width' | 'p' | 'pad_token_id' | 'periodic' | 'positive' | 'precision' | 'qk_matmul_output_mode' | 'qk_output' | 'quant_type' | 'quantize_axis' | 'reverse' | 'rotary_embedding_dim' | 'sample_size' | 'sampling_ratio' | 'saturate' | 'seed' | 'select_last_index' | 'signal_ndim' | 'size' | 'sliding_window_cache' | 'smooth_softmax' | 'sorted' | 'sparse_block_size' | 'spatial' | 'start' | 'stash_type' | 'step' | 'storage_order' | 'swiglu_fusion' | 'swiglu_limit_after_activation' | 'time_axis' | 'to' | 'training_mode' | 'transA' | 'transB' | 'transBatchA' | 'transBatchB' | 'unidirectional' | 'upper' | 'use_sparse_mixer' | 'vocab_size' | 'weight_prepacked' | 'weights_prepacked' | 'window';
  float: 'activation_alpha' | 'activation_beta' | 'alpha' | 'beta' | 'bias' | 'cubic_coeff_a' | 'epsilon' | 'extrapolation_value' | 'filter_value' | 'gamma' | 'high' | 'lambd' | 'low' | 'max' | 'mean' | 'min' | 'momentum' | 'presence_penalty' | 'qk_norm_epsilon' | 'ratio' | 'scale' | 'softcap' | 'spatial_scale' | 'temperature' | 'top_p' | 'value';
  string: 'DLC' | 'activation' | 'activation_type' | 'approximate' | 'auto_pad' | 'case_change_action' | 'coordinate_transformation_mode' | 'direction' | 'equation' | 'k_cache_dtype' | 'k_quant_type' | 'keep_aspect_ratio_policy' | 'kv_cache_layout' | 'metric' | 'mode' | 'nearest_mode' | 'pad_value' | 'padding_mode' | 'pixel_format' | 'quant_type' | 'reduction' | 'round_mode' | 'v_cache_dtype' | 'v_quant_type';
  ints: 'axes' | 'ends' | 'kernel_shape' | 'mrope_section' | 'ngram_counts' | 'ngram_indexes' | 'pads' | 'pooled_shape' | 'shape' | 'starts';
  floats: 'scales';
}
