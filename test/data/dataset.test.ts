import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadDataset } from '../../core/data/dataset.ts';
import { listImages } from '../../core/data/files.ts';
import { expectFailure, put, putImages, temporaryFolder } from './folder.ts';

const numbered = (folder: string, count: number) =>
  Array.from({ length: count }, (_, i) => `${folder}/${i}.png`);

describe('class folders', () => {
  it('take labels from folder names, nested ones joined', async () => {
    const root = temporaryFolder();
    await putImages(
      root,
      ...numbered('dog', 3),
      ...numbered('cat', 3),
      ...numbered('fruit/apple', 2),
      'fruit/x.JPG',
    );
    const { classes, samples, layout, notices } = await loadDataset(root);
    expect(classes).toEqual(['cat', 'dog', 'fruit', 'fruit/apple']);
    expect(samples.map(({ id, label }) => [id, classes[label]])).toContainEqual([
      'fruit/apple/1.png',
      'fruit/apple',
    ]);
    expect(samples.find(({ id }) => id === 'fruit/x.JPG')?.file).toBe(join(root, 'fruit/x.JPG'));
    expect(samples).toHaveLength(9);
    expect(layout).toBe('class folders');
    expect(notices.join('\n')).toContain('1 class has one image only, kept for training: fruit');
  });

  it('sort numbers by value', async () => {
    const root = temporaryFolder();
    await putImages(root, '10/a.png', '9/a.png', '1/a.png');
    expect((await loadDataset(root)).classes).toEqual(['1', '9', '10']);
  });

  it('may lie in split folders', async () => {
    const root = temporaryFolder();
    await putImages(
      root,
      ...numbered('train/a', 3),
      ...numbered('train/b', 2),
      'val/a/9.png',
      'test/b/8.png',
    );
    const data = await loadDataset(root);
    expect(data.layout).toContain('split folders');
    expect(data.classes).toEqual(['a', 'b']);
    expect(data.samples.filter((s) => s.split === 'holdout').map((s) => s.id)).toEqual(['val/a/9.png']);
    expect(data.test.map((s) => [s.id, s.split])).toEqual([['test/b/8.png', 'test']]);
    expect(data.notices.join('\n')).toContain('1 test image set apart');
  });

  it('classes named like splits stay classes', async () => {
    const root = temporaryFolder();
    await putImages(root, ...numbered('train', 3), ...numbered('test', 3));
    expect((await loadDataset(root)).classes).toEqual(['test', 'train']);
  });

  it('take texts beside images and from classes.json, the image own winning', async () => {
    const root = temporaryFolder();
    await putImages(root, ...numbered('egg rice', 2), ...numbered('soup', 2));
    put(root, 'egg rice/0.txt', '\uFEFFfried at home\n');
    put(root, 'egg rice/1.txt', '  ');
    put(root, 'classes.json', JSON.stringify({ 'egg rice': ['egg', 'rice'] }));
    const { samples, layout, notices } = await loadDataset(root, { holdout: 0 });
    expect(samples.map((s) => s.text)).toEqual(['fried at home', '["egg","rice"]', undefined, undefined]);
    expect(layout).toBe(
      'class folders, texts in .txt files beside the images, texts of classes in classes.json',
    );
    expect(notices).toEqual(['2 of 4 training images have no text']);
  });

  it('pass over what is no image, and say what is left out', async () => {
    const root = temporaryFolder();
    await putImages(
      root,
      ...numbered('a', 2),
      ...numbered('b', 2),
      'stray.png',
      '.hidden/x.png',
      '__MACOSX/a/x.png',
    );
    put(root, 'a/list.xlsx', 'x');
    put(root, 'a/._0.png', 'x');
    put(root, 'README.md', 'x');
    const { samples, notices } = await loadDataset(root);
    expect(samples).toHaveLength(4);
    expect(notices.join('\n')).toContain('1 file left out, no images by their names: a/list.xlsx');
    expect(notices.join('\n')).toContain('1 image outside any class folder left out: stray.png');
    await expectFailure(loadDataset(root, { strict: true }), 'data', 'stray.png');
  });

  it('follow links, once', async () => {
    const root = temporaryFolder();
    const other = temporaryFolder();
    await putImages(root, ...numbered('a', 2));
    await putImages(other, ...numbered('b', 2));
    symlinkSync(join(other, 'b'), join(root, 'b'));
    symlinkSync(root, join(root, 'a', 'loop'));
    expect((await loadDataset(root)).samples).toHaveLength(4);
  });
});

describe('splits', () => {
  it('evaluation holds out everything that has no split', async () => {
    const root = temporaryFolder();
    await putImages(root, ...numbered('a', 3));
    const { samples, classes } = await loadDataset(root, { purpose: 'evaluate' });
    expect(classes).toEqual(['a']);
    expect(samples.every((s) => s.split === 'holdout')).toBe(true);
    const again = await loadDataset(root, { purpose: 'evaluate', holdout: 0.34 });
    expect(again.samples.filter((s) => s.split === 'holdout')).toHaveLength(1);
  });

  it('repeat with the seed, differ with another', async () => {
    const root = temporaryFolder();
    await putImages(root, ...numbered('a', 30), ...numbered('b', 30));
    const held = async (seed: number) =>
      (await loadDataset(root, { seed })).samples.filter((s) => s.split === 'holdout').map((s) => s.id);
    expect(await held(1)).toEqual(await held(1));
    expect(await held(1)).not.toEqual(await held(2));
    expect(await held(1)).toHaveLength(12);
  });
});

describe("the model's labels", () => {
  const folder = async () => {
    const root = temporaryFolder();
    await putImages(root, ...numbered('Golden Retriever', 2), ...numbered('tabby', 2));
    return root;
  };

  it('are kept in their order when they include the data own', async () => {
    const root = await folder();
    const classes = ['tabby', 'zebra', 'Golden Retriever'];
    const data = await loadDataset(root, { classes });
    expect(data.classes).toEqual(classes);
    expect(new Set(data.samples.map((s) => s.label))).toEqual(new Set([0, 2]));
    expect(data.notices.join('\n')).toContain("1 of the model's 3 classes have no images here");
  });

  it('match without case and separators', async () => {
    const root = await folder();
    put(root, 'classes.json', JSON.stringify({ golden_retriever: 'a dog' }));
    const data = await loadDataset(root, { classes: ['golden_retriever', 'tabby'] });
    expect(data.classes).toEqual(['golden_retriever', 'tabby']);
    expect(data.samples.map((s) => s.label)).toEqual([0, 0, 1, 1]);
    expect(data.samples[0]!.text).toBe('a dog');
    expect(data.notices.join('\n')).toContain('"Golden Retriever" is "golden_retriever"');
  });

  it('give way to the data own, or are forced', async () => {
    const root = await folder();
    const classes = ['tabbi', 'Golden Retriever'];
    const data = await loadDataset(root, { classes });
    expect(data.classes).toEqual(['Golden Retriever', 'tabby']);
    expect(data.notices.join('\n')).not.toContain('tabby');
    await expectFailure(
      loadDataset(root, { classes, forceClasses: true }),
      'data',
      'a label is unknown to the model: "tabby"',
      'did you mean "tabbi"?',
    );
  });
});

describe('refusals', () => {
  it('of folders', async () => {
    const root = temporaryFolder();
    const file = put(root, 'file', 'x');
    await expectFailure(loadDataset(join(root, 'nowhere')), 'data', 'nowhere', 'does not exist');
    await expectFailure(loadDataset(file), 'data', JSON.stringify(file), 'is not a folder');
    const empty = join(root, 'empty');
    mkdirSync(empty);
    await expectFailure(loadDataset(empty), 'data', JSON.stringify(empty), 'holds no images', 'empty');
    put(root, 'docs/a.pdf', 'x');
    await expectFailure(loadDataset(join(root, 'docs')), 'data', 'holds no images', 'a.pdf');
    await putImages(join(root, 'flat'), '0.png', '1.png');
    await expectFailure(
      loadDataset(join(root, 'flat')),
      'data',
      '2 images',
      '"0.png"',
      'neither class folders',
    );
    await putImages(join(root, 'single'), 'cat/0.png', 'cat/1.png');
    await expectFailure(loadDataset(join(root, 'single')), 'data', 'one class only, "cat"');
  });

  it('of options', async () => {
    const root = temporaryFolder();
    await putImages(root, 'a/0.png', 'b/0.png');
    for (const holdout of [-0.1, 1, Number.NaN])
      await expectFailure(loadDataset(root, { holdout }), 'data', `the holdout fraction is ${holdout}`);
  });

  it('of classes.json', async () => {
    const root = temporaryFolder();
    await putImages(root, ...numbered('apple', 2), ...numbered('pear', 2));
    const refuse = async (content: string, ...parts: string[]) => {
      put(root, 'classes.json', content);
      await expectFailure(loadDataset(root), 'data', 'classes.json', ...parts);
    };
    await refuse('{"appel": "x"}', '"appel"', 'did you mean "apple"?');
    await refuse('{apple}', 'is not JSON');
    await refuse('["apple"]', 'a list');
    await refuse('{"apple": 3}', '"apple" is 3');
    await refuse('{"apple": ["x", 1]}', '["x",1]');
  });

  it('of files that cannot be read', async () => {
    const root = temporaryFolder();
    await putImages(root, 'a/0.png', 'b/0.png');
    mkdirSync(join(root, 'metadata.csv'));
    await expectFailure(loadDataset(root), 'data', 'metadata.csv', 'cannot be read: EISDIR');
  });
});

describe('images to predict', () => {
  it('are files as they are and folders as what is below', async () => {
    const root = temporaryFolder();
    await putImages(root, 'd/b.png', 'd/a/c.webp', 'odd.bin');
    put(root, 'd/note.txt', 'x');
    expect(await listImages([join(root, 'odd.bin'), `${root}/d/`])).toEqual([
      { id: join(root, 'odd.bin'), file: join(root, 'odd.bin') },
      { id: `${root}/d/a/c.webp`, file: join(root, 'd/a/c.webp') },
      { id: `${root}/d/b.png`, file: join(root, 'd/b.png') },
    ]);
    await expectFailure(listImages([join(root, 'none.png')]), 'data', 'none.png', 'does not exist');
    mkdirSync(join(root, 'void'));
    await expectFailure(listImages([join(root, 'void')]), 'data', 'void', 'holds no images');
  });
});
