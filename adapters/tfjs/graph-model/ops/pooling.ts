import { pool } from '../../ops/index.ts';
import type { Translation, Translations } from '../operation.ts';
import { inChannelsLast, paddingOf, spatial } from './window.ts';

const pooling =
  (kind: 'max' | 'average'): Translation =>
  (operation) => {
    const options = {
      window: spatial(operation, 'ksize'),
      strides: spatial(operation, 'strides'),
      padding: paddingOf(operation),
    };
    return inChannelsLast(operation, operation.x(), (b, x) => pool(b, kind, x, options));
  };

export const POOLINGS: Translations = { MaxPool: pooling('max'), AvgPool: pooling('average') };
