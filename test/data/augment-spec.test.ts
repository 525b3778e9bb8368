import { describe, expect, it } from 'vitest';
import { DEFAULT_AUGMENT, NO_AUGMENT, parseAugment } from '../../core/data/augment/index.ts';
import { expectFailure } from './folder.ts';

describe('the text of augmentations', () => {
  it('names what is done, and nothing else is', () => {
    expect(parseAugment('default')).toEqual(DEFAULT_AUGMENT);
    expect(parseAugment('flip')).toEqual({ ...NO_AUGMENT, flip: 0.5 });
    expect(parseAugment('default, jitter=0.2:0.3, rotate=10')).toEqual({
      ...DEFAULT_AUGMENT,
      jitter: { brightness: 0.2, contrast: 0.3, saturation: 0.4, hue: 0.1 },
      rotate: 10,
    });
    expect(
      parseAugment('crop=0.2:0.9,perspective,blur=0.5:1:1,noise=0.1,erase=0.5,mixup,cutmix=0.5:0.3'),
    ).toEqual({
      ...NO_AUGMENT,
      scale: [0.2, 0.9],
      perspective: { distortion: 0.3, probability: 0.5 },
      blur: { sigma: [0.5, 1], probability: 1 },
      noise: { deviation: 0.1, probability: 0.5 },
      erase: { probability: 0.5, area: [0.02, 0.33] },
      mixup: { alpha: 0.2, probability: 1 },
      cutmix: { alpha: 0.5, probability: 0.3 },
    });
  });

  it.each([
    ['jiter', 'did you mean jitter'],
    ['default,', 'empty item'],
    ['flip=2', '"flip=2": expected probability (0 to 1)'],
    ['crop=0', 'least area (above 0 to 1)'],
    ['crop=0.9:0.5', 'least area first'],
    ['rotate=x', 'degrees (0 to 180)'],
    ['rotate=', 'degrees (0 to 180)'],
    ['noise=0.1:0.5:3', 'deviation'],
    ['jitter=0.4:0.4:0.4:0.6', 'hue (0 to 0.5)'],
    ['constructor', 'no part'],
  ])('%s is refused', async (text, message) => {
    await expectFailure(() => parseAugment(text), 'usage', message);
  });
});
