import { globalPool, pool } from '../../ops/index.ts';
import type { LayerTranslation } from '../layer-call.ts';

const windowed =
  (kind: 'max' | 'average', dimensions: 1 | 2): LayerTranslation =>
  (call) => {
    const window = call.perAxis('pool_size', dimensions, 2);
    const strides = call.config.strides == null ? window : call.perAxis('strides', dimensions, 1);
    return pool(call.builder, kind, call.x, { window, strides, padding: call.padding() });
  };

const overall =
  (kind: 'max' | 'average'): LayerTranslation =>
  (call) =>
    globalPool(call.builder, kind, call.x, call.flag('keepdims', false));

/** Keras knows each under two names. */
export const POOLING_LAYERS: readonly (readonly [string, LayerTranslation])[] = [
  ...([1, 2] as const).flatMap((n) => [
    [`MaxPooling${n}D`, windowed('max', n)] as const,
    [`MaxPool${n}D`, windowed('max', n)] as const,
    [`AveragePooling${n}D`, windowed('average', n)] as const,
    [`AvgPool${n}D`, windowed('average', n)] as const,
    [`GlobalMaxPooling${n}D`, overall('max')] as const,
    [`GlobalMaxPool${n}D`, overall('max')] as const,
    [`GlobalAveragePooling${n}D`, overall('average')] as const,
    [`GlobalAvgPool${n}D`, overall('average')] as const,
  ]),
];
