/** Small trees made in the layout of the two benchmarks, in the ways that copies of them differ. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadDataset } from '../../../core/data/dataset.ts';
import { expectFailure, put, putImages, temporaryFolder } from '../folder.ts';

const FOODS = ['Braised Pork', 'Sweet and Sour Spareribs', '蛋炒饭'];
const INGREDIENTS = ['Minced green onion', 'Pork', 'Egg', 'rice'];

const has = (...present: number[]) => INGREDIENTS.map((_, i) => (present.includes(i) ? '1' : '-1')).join(' ');

async function vireo(changes: Record<string, string> = {}): Promise<string> {
  const root = temporaryFolder();
  const images = ['1/1_1.jpg', '1/1_2.jpg', '2/1_1.jpg', '2/1_2.jpg', '3/1_1.jpg', '3/1_2.jpg', '3/1_9.jpg'];
  await putImages(join(root, 'ready_chinese_food'), ...images);
  const files: Record<string, string> = {
    'TR.txt': '/1/1_1.jpg\n/2/1_1.jpg\n/3/1_1.jpg\n',
    'VAL.txt': '/1/1_2.jpg\n',
    'TE.txt': '/2/1_2.jpg\n/3/1_2.jpg\n',
    'IngreLabel.txt': [
      `/3/1_2.jpg ${has(2)}`,
      `/3/1_1.jpg ${has(2, 3)}`,
      `/2/1_2.jpg ${has(1)}`,
      `/2/1_1.jpg ${has(0, 1)}`,
      `/1/1_2.jpg ${has(0, 1)}`,
      `/1/1_1.jpg ${has()}`,
    ].join('\r\n'),
    'IngredientList.txt': INGREDIENTS.join('\n'),
    'FoodList.txt': FOODS.join('\n'),
    ...changes,
  };
  for (const [name, content] of Object.entries(files)) put(root, `SplitAndIngreLabel/${name}`, content);
  return root;
}

describe('Vireo-Food172', () => {
  it('gives official splits, class names, and the ingredients of each image', async () => {
    const data = await loadDataset(await vireo());
    expect(data.layout).toBe('Vireo-Food172, its official splits, 4 ingredients as texts');
    expect(data.classes).toEqual([...FOODS].sort());
    expect(data.holdout).toBe('given');
    const rows = [...data.samples, ...data.test].map(({ id, label, text, split }) => [
      id.replace('ready_chinese_food/', ''),
      data.classes[label],
      text,
      split,
    ]);
    expect(rows).toEqual([
      ['1/1_1.jpg', FOODS[0], undefined, 'train'],
      ['1/1_2.jpg', FOODS[0], '["Minced green onion","Pork"]', 'holdout'],
      ['2/1_1.jpg', FOODS[1], '["Minced green onion","Pork"]', 'train'],
      ['3/1_1.jpg', FOODS[2], '["Egg","rice"]', 'train'],
      ['2/1_2.jpg', FOODS[1], '["Pork"]', 'test'],
      ['3/1_2.jpg', FOODS[2], '["Egg"]', 'test'],
    ]);
    expect(data.notices.join('\n')).toContain(
      '1 image without ingredients in SplitAndIngreLabel/IngreLabel.txt',
    );
  });

  it('is read whatever the case, separators and values of a copy', async () => {
    const usual = await loadDataset(await vireo());
    const root = await vireo({
      'TR.txt': '1\\1_1.JPG\r\nready_chinese_food/2/1_1\r\n./3/1_1.jpg\r\n\r\n',
      'IngreLabel.txt': [
        `1/1_1 0 0 0 0`,
        `1/1_2.jpg 1 1 0 0`,
        `ready_chinese_food/2/1_1.JPG 1.0 1 0 -1`,
        `2/1_2.jpg 0 1 0 0`,
        `3\\1_1.jpg 0 0 1 1`,
        `3/1_2.jpg 0 0 1 0`,
      ].join('\n'),
      'FoodList.txt': FOODS.map((food, i) => `${i + 1}. ${food}`).join('\n'),
    });
    const data = await loadDataset(root);
    const of = ({ samples, test }: typeof data) =>
      [...samples, ...test].map(({ id, label, text, split }) => ({ id, label, text, split }));
    expect(of(data)).toEqual(of(usual));
  });

  it('keeps classes of one name apart', async () => {
    const root = await vireo({ 'FoodList.txt': 'Soup\nSoup\nRice\n' });
    expect((await loadDataset(root)).classes).toEqual(['Rice', 'Soup (1)', 'Soup (2)']);
  });

  it.each([
    [
      'an image that is not there',
      { 'VAL.txt': '/1/1_2.jpg\n/1/1_7.jpg' },
      ['VAL.txt line 2', '"1/1_7.jpg"'],
    ],
    ['a class out of range', { 'TE.txt': '/9/1_2.jpg' }, ['TE.txt line 1', 'no class from 1 to 3']],
    ['an image in two splits', { 'TE.txt': '/2/1_2.jpg\n/1/1_1.jpg' }, ['TE.txt line 2', 'TR.txt line 1']],
    [
      'too few values',
      { 'IngreLabel.txt': '/1/1_1.jpg 1 -1 1' },
      ['IngreLabel.txt line 1', '3 values', '4 ingredients'],
    ],
    [
      'an odd value',
      { 'IngreLabel.txt': '/1/1_1.jpg 1 -1 x 1' },
      ['IngreLabel.txt line 1', 'value 3 is "x"'],
    ],
  ])('refuses %s', async (_, changes, parts) => {
    await expectFailure(loadDataset(await vireo(changes)), 'data', ...parts);
  });
});

const CLASSES = ['apple_pie', 'baby_back_ribs', 'baklava'];

async function ingredient(changes: Record<string, string | undefined> = {}, folder = 'Annotations') {
  const root = temporaryFolder();
  const images = CLASSES.flatMap((name, i) => [1, 2, 3].map((k) => `images/${name}/${100 * i + k}.jpg`));
  await putImages(root, ...images);
  const lists = (k: number) => CLASSES.map((name, i) => `${name}/${100 * i + k}`).join('\n');
  const files: Record<string, string | undefined> = {
    'classes.txt': CLASSES.join('\n'),
    'train_images.txt': lists(1),
    'val_images.txt': lists(2),
    'test_images.txt': lists(3),
    'train_labels.txt': '0\n1\n2\n',
    'val_labels.txt': '0\n1\n2\n',
    'test_labels.txt': '0\n1\n2\n',
    'ingredients.txt': 'apples,flour,brown sugar\npork ribs, salt\nphyllo,walnuts,honey\n',
    'ingredients_simplified.txt': 'apple,,flour\npork\nphyllo, nuts\n',
    ...changes,
  };
  for (const [name, content] of Object.entries(files))
    if (content !== undefined) put(root, `${folder}/${name}`, content);
  return root;
}

describe('Ingredient-101', () => {
  it('gives official splits and the complete ingredients of each class', async () => {
    const data = await loadDataset(await ingredient());
    expect(data.layout).toContain('Ingredient-101, its official splits, the complete list');
    expect(data.classes).toEqual(CLASSES);
    expect(data.samples.map(({ id, split }) => `${id} ${split}`)).toEqual([
      'images/apple_pie/1.jpg train',
      'images/apple_pie/2.jpg holdout',
      'images/baby_back_ribs/101.jpg train',
      'images/baby_back_ribs/102.jpg holdout',
      'images/baklava/201.jpg train',
      'images/baklava/202.jpg holdout',
    ]);
    expect(data.test.map(({ label, text }) => [label, text])).toEqual([
      [0, '["apples","flour","brown sugar"]'],
      [1, '["pork ribs","salt"]'],
      [2, '["phyllo","walnuts","honey"]'],
    ]);
  });

  it('takes the simplified list where asked, without its empty names', async () => {
    const data = await loadDataset(await ingredient(), { ingredients: 'simplified' });
    expect(data.test[0]!.text).toBe('["apple","flour"]');
    const alone = await loadDataset(await ingredient({ 'ingredients.txt': undefined }));
    expect(alone.test[0]!.text).toBe('["apple","flour"]');
    expect(alone.notices.join('\n')).toContain('the simplified list of ingredients is taken');
    await expectFailure(
      loadDataset(await ingredient({ 'ingredients.txt': undefined }), { ingredients: 'complete' }),
      'data',
      'Annotations/ingredients.txt is missing',
    );
  });

  it('is read whatever the case, separators and extensions of a copy', async () => {
    const root = await ingredient(
      {
        'classes.txt': 'Apple pie\r\nBaby back ribs\r\nBaklava\r\n',
        'train_images.txt': '/apple_pie/1.jpg\nBaby_Back_Ribs\\101\nimages/baklava/201.JPG',
        'val_labels.txt': undefined,
      },
      'annotations',
    );
    const data = await loadDataset(root);
    expect(data.classes).toEqual(['Apple pie', 'Baby back ribs', 'Baklava']);
    expect(data.samples.filter(({ split }) => split === 'train').map(({ label }) => label)).toEqual([
      0, 1, 2,
    ]);
  });

  it.each([
    [
      'labels that contradict',
      { 'val_labels.txt': '0\n2\n2' },
      ['val_labels.txt line 2: "2"', 'val_images.txt line 2', 'number 1'],
    ],
    ['too few labels', { 'test_labels.txt': '0\n1' }, ['test_labels.txt has 2 labels', '3 images']],
    [
      'an unknown class',
      { 'train_images.txt': 'apple_pei/1', 'train_labels.txt': undefined },
      ['train_images.txt line 1', '"apple_pei"', 'did you mean "apple_pie"'],
    ],
    ['too few lists', { 'ingredients.txt': 'a\nb' }, ['ingredients.txt has 2 lines', '3 classes']],
    [
      'an image that is not there',
      { 'test_images.txt': 'apple_pie/77', 'test_labels.txt': undefined },
      ['test_images.txt line 1', '"apple_pie/77"', 'images/'],
    ],
  ])('refuses %s', async (_, changes, parts) => {
    await expectFailure(loadDataset(await ingredient(changes)), 'data', ...parts);
  });
});
