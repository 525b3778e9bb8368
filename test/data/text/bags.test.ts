import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  buildVocabulary,
  encodeBag,
  encodeBags,
  featuresOf,
  splitTags,
  textIds,
  vocabularyFromJson,
  vocabularyToJson,
  wordsOf,
  writeBag,
} from '../../../core/data/text/bags.ts';
import { expectFailure } from '../folder.ts';

const wordsIn = (text: string) => [...featuresOf(text, { ngramBits: 0 }).keys()];

describe('tags', () => {
  it.each([
    ['egg, rice; soy sauce', ['egg', 'rice', 'soy sauce']],
    ['Egg,\nRICE\n\n', ['egg', 'rice']],
    ['["spring onion", "Egg", ""]', ['spring onion', 'egg']],
    ['["egg"]', ['egg']],
    ['鸡蛋、米饭，酱油', ['鸡蛋', '米饭', '酱油']],
    ['Ｆｕｌｌ ｗｉｄｔｈ, ½ lemon', ['full width', '1⁄2 lemon']],
  ])('%j', (text, tags) => expect(splitTags(text)).toEqual(tags));

  it.each([
    'a red house',
    'A cat, a dog.',
    'When the rain had stopped at last, we all went down to the river to see',
    '[not json',
    'egg',
    '',
  ])('%j is free text', (text) => expect(splitTags(text)).toBeUndefined());

  it('count whole and by their words', () => {
    expect(wordsIn('soy sauce, egg')).toEqual(['soy', 'sauce', 'soy sauce', 'egg']);
  });
});

describe('words', () => {
  it.each([
    ['The Cat sat; it did.', ['the', 'cat', 'sat', 'it', 'did']],
    ['Grüße aus Zürich', ['grüße', 'aus', 'zürich']],
    ['красный дом', ['красный', 'дом']],
    ['قطة على السجادة', ['قطة', 'على', 'السجادة']],
    ['लाल घर', ['लाल', 'घर']],
    ["it's 3.5 cm", ["it's", '3.5', 'cm']],
  ])('%j', (text, words) => expect(wordsIn(text)).toEqual(words));

  it('scripts without spaces are cut by dictionary', () => {
    expect(wordsOf('我喜欢吃米饭')).toContain('喜欢');
    expect(wordsOf('แมวนอนบนเสื่อ').length).toBeGreaterThan(2);
    expect(wordsOf('猫が好きです')).toContain('好き');
  });

  it('compose equal forms equally', () => {
    expect(wordsIn('cafe\u0301')).toEqual(wordsIn('CAFÉ'));
  });
});

describe('related words of any script', () => {
  const similarity = (a: string, b: string) => {
    const [one, other] = [featuresOf(a, { ngramBits: 14 }), featuresOf(b, { ngramBits: 14 })];
    const length = (of: Map<string, number>) =>
      Math.sqrt([...of.values()].reduce((sum, w) => sum + w * w, 0));
    const product = [...one].reduce((sum, [feature, w]) => sum + w * (other.get(feature) ?? 0), 0);
    return product / (length(one) * length(other));
  };

  it.each([
    ['Chinese', '番茄炒鸡蛋', '番茄汤', '牛肉面'],
    ['Japanese', '卵かけご飯', 'ご飯と味噌汁', '焼き魚'],
    ['Thai', 'ข้าวผัดไข่', 'ไข่เจียว', 'แกงเขียวหวาน'],
    ['Arabic', 'بيض مقلي', 'البيض المسلوق', 'سمك مشوي'],
    ['German', 'Kartoffelsuppe', 'gebratene Kartoffeln', 'Forelle'],
    ['Korean', '김치찌개', '배추김치', '불고기'],
  ])('%s: have features in common, others have not', (_, text, related, other) => {
    expect(similarity(text, related)).toBeGreaterThan(0.08);
    expect(similarity(text, other)).toBeLessThan(0.02);
  });

  it('lists are cut at the commas of their script', () => {
    expect(splitTags('鸡蛋、米饭；酱油')).toEqual(['鸡蛋', '米饭', '酱油']);
    expect(splitTags('بيض، أرز؛ بصل')).toEqual(['بيض', 'أرز', 'بصل']);
    expect(splitTags('たまご、ご飯、醤油')).toEqual(['たまご', 'ご飯', '醤油']);
  });
});

describe('n-grams', () => {
  it('are shared by related words, and as long as the word together', () => {
    const grams = (text: string) =>
      new Map([...featuresOf(text, { ngramBits: 14 })].filter(([feature]) => feature.startsWith('#')));
    const one = grams('tomato');
    expect(one.size).toBe(5); // <tom toma omat mato ato>
    expect([...one.values()].reduce((sum, w) => sum + w * w, 0)).toBeCloseTo(1, 12);
    const shared = [...grams('tomatoes').keys()].filter((gram) => one.has(gram));
    expect(shared.length).toBe(4);
    expect(grams('a').size).toBe(1);
  });

  it('keep their buckets from version to version', () => {
    // Stored vocabularies name them.
    expect([...featuresOf('egg', { ngramBits: 14 }).keys()]).toMatchInlineSnapshot(`
      [
        "egg",
        "#9446",
        "#5861",
      ]
    `);
  });

  it('stay below 2^bits', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 16 }), (text, ngramBits) => {
        for (const feature of featuresOf(text, { ngramBits }).keys())
          if (/^#\d+$/.test(feature)) expect(Number(feature.slice(1))).toBeLessThan(2 ** ngramBits);
      }),
    );
  });
});

describe('a vocabulary', () => {
  const texts = ['egg, rice', 'egg, soy sauce', undefined, 'a bowl of rice', 'egg, rice'];

  it('holds the features of the training texts alone, commonest first', () => {
    const words = buildVocabulary(texts, { ngramBits: 0 });
    // "egg, rice" counts once however many images have it.
    expect(words.features).toEqual(['egg', 'rice', 'a', 'bowl', 'of', 'sauce', 'soy', 'soy sauce']);
    expect(buildVocabulary([...texts].reverse(), { ngramBits: 0 }).features).toEqual(words.features);
    expect(buildVocabulary(texts, { ngramBits: 0, maxSize: 2 }).features).toEqual(['egg', 'rice']);
    expect(buildVocabulary(texts, { ngramBits: 0, minTexts: 2 }).features).toEqual(['egg', 'rice']);
    expect(buildVocabulary([undefined]).features).toEqual([]);
    const full = buildVocabulary(texts);
    expect(full.features.some((feature) => feature.startsWith('#'))).toBe(true);
  });

  it('gives n-grams the places that words and tags leave', () => {
    const isNgram = (feature: string) => feature.startsWith('#');
    const words = buildVocabulary(texts, { ngramBits: 0 }).features;
    const full = buildVocabulary(texts).features;
    const ngrams = full.filter(isNgram);
    // In the order of their texts those of `egg` and `rice` come before most words.
    expect(full.slice(0, words.length).some(isNgram)).toBe(true);
    expect(ngrams.length).toBeGreaterThan(3);
    for (const kept of [0, 3, ngrams.length]) {
      const { features } = buildVocabulary(texts, { maxSize: words.length + kept });
      expect(features.filter(isNgram)).toEqual(ngrams.slice(0, kept));
      expect(features.filter((feature) => !isNgram(feature))).toEqual(words);
      expect(features).toEqual(full.filter((feature) => features.includes(feature)));
    }
    expect(buildVocabulary(texts, { maxSize: 3 }).features).toEqual(words.slice(0, 3));
  });

  it('encodes to norm 1 over what it knows', () => {
    const vocabulary = buildVocabulary(texts, { ngramBits: 0 });
    const bag = encodeBag(vocabulary, 'rice, egg, egg, ham');
    expect([...bag.indices]).toEqual([0, 1]);
    expect(bag.weights[0]).toBeCloseTo(2 / Math.sqrt(5), 6);
    expect(bag.weights[1]).toBeCloseTo(1 / Math.sqrt(5), 6);
    const l1 = encodeBag(buildVocabulary(texts, { ngramBits: 0, norm: 'l1' }), 'rice, egg, egg, ham');
    expect([...l1.weights]).toEqual([Math.fround(2 / 3), Math.fround(1 / 3)]);
    expect(encodeBag(vocabulary, 'ham').indices).toHaveLength(0);
    expect(encodeBag(vocabulary, undefined).indices).toHaveLength(0);
    const [first, , , , last] = encodeBags(vocabulary, texts);
    expect(last).toBe(first);
  });

  it('writes dense rows over what stood there', () => {
    const vocabulary = buildVocabulary(texts, { ngramBits: 0 });
    const size = vocabulary.features.length;
    const out = new Float32Array(3 * size).fill(9);
    writeBag(encodeBag(vocabulary, 'rice'), out, size, size);
    expect([...out.subarray(size, 2 * size)]).toEqual([0, 1, 0, 0, 0, 0, 0, 0]);
    expect(out.subarray(0, size).every((value) => value === 9)).toBe(true);
    expect(out.subarray(2 * size).every((value) => value === 9)).toBe(true);
  });

  it('any text has a bag of norm 1 or none, and survives JSON', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' }), { maxLength: 6 }), (all) => {
        const vocabulary = buildVocabulary(all);
        const restored = vocabularyFromJson(vocabularyToJson(vocabulary));
        expect(restored).toEqual(vocabulary);
        for (const text of all) {
          const { indices, weights } = encodeBag(restored, text);
          const square = weights.reduce((sum, w) => sum + w * w, 0);
          expect(Math.abs(square - (indices.length > 0 ? 1 : 0))).toBeLessThan(1e-5);
        }
      }),
    );
  });

  it('refuses what is none', async () => {
    await expectFailure(() => vocabularyFromJson('{"version": 2}'), 'data', 'no vocabulary', 'version');
    await expectFailure(() => vocabularyFromJson('['), 'data', 'no vocabulary');
  });
});

it('texts that say the same have one id', () => {
  const texts = [
    'egg, rice',
    'Rice; egg',
    'egg rice',
    undefined,
    'Egg  Rice',
    '["rice","egg","egg"]',
    '  ',
    'soup',
  ];
  expect([...textIds(texts)]).toEqual([0, 0, 1, -1, 1, 0, -1, 2]);
});
