import { describe, expect, it } from 'vitest';
import {
  METADATA_KEYS,
  type MergedMetadata,
  metadataEntries,
  readMergedMetadata,
} from '../../core/export/index.ts';
import { PREPROCESS } from './merged.ts';

const METADATA: MergedMetadata = {
  labels: ['crème brûlée', 'a "quoted" one'],
  preprocess: PREPROCESS,
  site: { value: 'flat', pooling: 'none', width: 512, logits: 'scores', output: 'scores', base: 'kept' },
  options: { tune: 'frozen', heads: { ema: true, latent: 256 } },
  seed: 3,
  baseSha256: 'ab'.repeat(32),
  changedWeights: ['fc.weight'],
  metrics: { top1: 0.5, macroF1: 1 / 3 },
  version: '1.2.3',
};

const entries = () => new Map(Object.entries(metadataEntries(METADATA)));

describe('metadata of a merged model', () => {
  it('comes back as it was written, under keys that begin with marnet.', () => {
    expect([...entries().keys()].every((key) => key.startsWith('marnet.'))).toBe(true);
    expect(readMergedMetadata(entries())).toEqual(METADATA);
  });

  it('is undefined where a model carries none', () => {
    expect(readMergedMetadata(new Map([['author', 'someone']]))).toBeUndefined();
  });

  it('names every entry that is missing or not valid, with what it holds', () => {
    const broken = entries();
    broken.delete(METADATA_KEYS.labels);
    broken.set(METADATA_KEYS.seed, '-1');
    broken.set(METADATA_KEYS.baseSha256, 'XYZ');
    broken.set(METADATA_KEYS.site, '{"value": 3');
    let message = '';
    try {
      readMergedMetadata(broken);
    } catch (error) {
      message = (error as Error).message;
    }
    expect(message).toContain('"marnet.labels" is missing');
    expect(message).toMatch(/"marnet\.seed": .* \("-1"\)/);
    expect(message).toContain('"marnet.base-sha256": is not a SHA-256 in lower-case hex ("XYZ")');
    expect(message).toContain('"marnet.site": is not JSON ("{\\"value\\": 3")');
  });
});
