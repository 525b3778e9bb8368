import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import {
  describePreprocess,
  type Preprocess,
  parsePreprocess,
  preprocessFromJson,
  preprocessSchema,
  preprocessToJson,
} from '../../core/data/preprocess.ts';
import { expectFailure } from './folder.ts';

const defaults: Preprocess = {
  width: 224,
  height: 224,
  layout: 'NCHW',
  channels: 'RGB',
  resize: 'stretch',
  resizeTo: 224,
  interpolation: 'bilinear',
  scale: 1 / 255,
  mean: [0, 0, 0],
  std: [1, 1, 1],
};

describe('the option', () => {
  it('knows the presets', () => {
    const imagenet = parsePreprocess('imagenet', defaults);
    expect(imagenet).toMatchObject({
      resize: 'crop',
      resizeTo: 256,
      mean: [0.485, 0.456, 0.406],
      channels: 'RGB',
    });
    const value = (p: Preprocess, pixel: number) => (pixel * p.scale - p.mean[0]!) / p.std[0]!;
    const range = (text: string) => [0, 255].map((pixel) => value(parsePreprocess(text, defaults), pixel));
    expect(range('unit')).toEqual([0, 1]);
    expect(range('signed')).toEqual([-1, 1]);
    expect(range('raw')).toEqual([0, 255]);
    expect(range('imagenet')[0]).toBeCloseTo(-2.1179, 4); // (0 - 0.485) / 0.229
    expect(range('imagenet')[1]).toBeCloseTo(2.2489, 4);
    expect(parsePreprocess('caffe', defaults)).toMatchObject({
      channels: 'BGR',
      mean: [103.939, 116.779, 123.68],
    });
  });

  it('reads pairs, later ones winning', () => {
    expect(
      parsePreprocess(
        'mean=0.5:0.4:0.3, std=0.25 ,size=320x192,resize=crop,channels=bgr,scale=1/255',
        defaults,
      ),
    ).toEqual({
      ...defaults,
      width: 320,
      height: 192,
      resize: 'crop',
      resizeTo: 219, // 192 * 256 / 224
      channels: 'BGR',
      mean: [0.5, 0.4, 0.3],
      std: [0.25, 0.25, 0.25],
    });
    expect(
      parsePreprocess('imagenet,size=299,resizeTo=342,interpolation=bicubic,layout=NHWC', defaults),
    ).toMatchObject({
      width: 299,
      height: 299,
      resizeTo: 342,
      interpolation: 'bicubic',
      layout: 'NHWC',
    });
    expect(parsePreprocess('size=100,size=50', defaults).width).toBe(50);
  });

  it('carries the statistics along when only the channels change', () => {
    expect(parsePreprocess('imagenet,channels=BGR', defaults).mean).toEqual([0.406, 0.456, 0.485]);
    const gray = parsePreprocess('imagenet,channels=gray', defaults);
    expect(gray.mean).toHaveLength(1);
    expect(gray.mean[0]).toBeCloseTo(0.449, 6);
    expect(
      parsePreprocess('unit,channels=RGB', { ...defaults, channels: 'gray', mean: [0], std: [1] }).mean,
    ).toEqual([0, 0, 0]);
  });

  it('keeps a crop that the defaults already have', () => {
    expect(parsePreprocess('mean=0.5', { ...defaults, resize: 'crop', resizeTo: 232 }).resizeTo).toBe(232);
  });

  it.each([
    ['imagenett', ['"imagenett"', 'did you mean imagenet?']],
    ['mean=1,2', ['the number "2" without a key']],
    ['men=0.5', ['"men"', 'did you mean mean?']],
    ['resizto=256', ['did you mean resizeTo?']],
    ['mean', ['"mean"', 'did you mean mean=...?']],
    ['channels=RBG', ['"channels=RBG"', 'did you mean RGB?']],
    ['size=224x', ['"size=224x"', '224x224']],
    ['scale=1/0', ['"scale=1/0"', 'a number']],
    ['mean=a:b:c', ['"mean=a:b:c"', 'a number']],
    ['mean=1:2', ['mean', '2 values', '3 channels']],
    ['std=0', ['std', 'must not be 0']],
    ['size=0', ['width']],
    ['resize=crop,resizeTo=100', ['resizeTo', '100', '224x224']],
    ['imagenet,,unit', ['"imagenet,,unit"', 'empty']],
  ])('refuses %s', async (text, parts) => {
    await expectFailure(() => parsePreprocess(text, defaults), 'usage', ...parts);
  });
});

describe('the JSON form', () => {
  it('goes there and back, and equal settings give equal text', () => {
    for (const text of ['imagenet', 'caffe,size=227', 'signed,channels=gray,layout=NHWC']) {
      const p = parsePreprocess(text, defaults);
      expect(preprocessFromJson(preprocessToJson(p))).toEqual(p);
      const shuffled = Object.fromEntries(Object.entries(p).reverse()) as unknown as Preprocess;
      expect(preprocessToJson(shuffled)).toBe(preprocessToJson(p));
    }
  });

  it('names what is wrong', async () => {
    await expectFailure(() => preprocessFromJson('{oops'), 'data', 'not JSON', '{oops');
    await expectFailure(() => preprocessFromJson('{"width": 224}', 'x.onnx'), 'data', 'x.onnx', 'height');
    const extra = JSON.stringify({ ...defaults, gamma: 2 });
    await expectFailure(() => preprocessFromJson(extra), 'data', 'gamma');
  });

  it('is what the schema accepts', () => {
    expect(v.parse(preprocessSchema, defaults)).toEqual(defaults);
    expect(v.is(preprocessSchema, { ...defaults, scale: 0 })).toBe(false);
  });
});

describe('the line that is printed', () => {
  it.each([
    ['unit', '224x224 RGB NCHW, stretched (bilinear), value = x/255'],
    ['raw', '224x224 RGB NCHW, stretched (bilinear), value = x'],
    ['signed', '224x224 RGB NCHW, stretched (bilinear), value = x/127.5 - 1'],
    [
      'imagenet',
      '224x224 RGB NCHW, shorter side to 256 (bilinear), then centre crop, value = (x/255 - [0.485 0.456 0.406]) / [0.229 0.224 0.225]',
    ],
    ['caffe', '224x224 BGR NCHW, stretched (bilinear), value = x - [103.939 116.779 123.68]'],
  ])('of %s', (text, line) => {
    expect(describePreprocess(parsePreprocess(text, defaults))).toBe(line);
  });
});
