import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadDataset } from '../../../core/data/dataset.ts';
import { expectFailure, put, putImages, temporaryFolder } from '../folder.ts';

const NAMES = ['img/a.png', 'img/b.png', 'img/c.png', 'img/d.png'];

async function folder(files: Record<string, string>): Promise<string> {
  const root = temporaryFolder();
  await putImages(root, ...NAMES);
  for (const [name, content] of Object.entries(files)) put(root, name, content);
  return root;
}

const lines = (...rows: string[]) => rows.join('\n');

describe('a table of any name', () => {
  it.each([
    [
      'photos.csv',
      lines('Path,Category,Tags', 'img/a.png,x,"egg, rice"', 'img/b.png,y,', 'img/c.png,x,pork'),
    ],
    [
      'photos.tsv',
      lines('image\tclass\tcaption', 'img/a.png\tx\tegg, rice', 'img/b.png\ty\t', 'img/c.png\tx\tpork'),
    ],
    [
      'photos.jsonl',
      lines(
        '{"file": "img/a.png", "target": "x", "keywords": "egg, rice", "extra": {"deep": [1]}}',
        '{"file": "img/b.png", "target": "y"}',
        '{"file": "img/c.png", "target": "x", "keywords": "pork"}',
      ),
    ],
  ])('has columns of usual names: %s', async (name, content) => {
    const data = await loadDataset(await folder({ [name]: content }), { holdout: 0 });
    expect(data.layout).toBe(`images listed in ${name}`);
    expect(data.samples.map(({ id, label, text }) => [id, label, text])).toEqual([
      ['img/a.png', 0, 'egg, rice'],
      ['img/b.png', 1, undefined],
      ['img/c.png', 0, 'pork'],
    ]);
  });

  it('has columns told by what stands in them, which is said', async () => {
    const content = lines(
      'where,what,said,part',
      'a,x,an egg on rice,train',
      'b,y,a soup with pork,train',
      'C.PNG,x,rice with an egg,train',
      'img\\d.png,y,a soup,val',
    );
    const data = await loadDataset(await folder({ 'list.csv': content }));
    expect(data.samples.map(({ id, label, text, split }) => [id, label, text, split])).toEqual([
      ['img/a.png', 0, 'an egg on rice', 'train'],
      ['img/b.png', 1, 'a soup with pork', 'train'],
      ['img/c.png', 0, 'rice with an egg', 'train'],
      ['img/d.png', 1, 'a soup', 'holdout'],
    ]);
    const notices = data.notices.join('\n');
    for (const part of ['path is column "where"', 'label is column "what"', 'text is column "said"'])
      expect(notices).toContain(part);
    expect(data.holdout).toBe('given');
  });

  it('has the columns that are named', async () => {
    const content = lines('p,label,fine,note', 'img/a.png,food,rice,x', 'img/b.png,food,soup,y');
    const columns = { path: 'p', label: 'Fine', text: 'note' };
    const data = await loadDataset(await folder({ 'list.csv': content }), { columns });
    expect(data.classes).toEqual(['rice', 'soup']);
    expect(data.samples.map((s) => s.text)).toEqual(['x', 'y']);
    const named = await loadDataset(await folder({ 'metadata.csv': content }), { columns });
    expect(named.classes).toEqual(['rice', 'soup']);
  });

  it('is one a split, or the one pointed at', async () => {
    const root = await folder({
      'train.csv': lines('path,label', 'img/a.png,x', 'img/b.png,y'),
      'valid.csv': lines('path,label', 'img/c.png,x'),
      'test.csv': lines('path,label', 'img/d.png,y'),
    });
    const data = await loadDataset(root);
    expect(data.samples.map(({ id, split }) => `${id} ${split}`)).toEqual([
      'img/a.png train',
      'img/b.png train',
      'img/c.png holdout',
    ]);
    expect(data.test.map(({ id }) => id)).toEqual(['img/d.png']);
    const one = await loadDataset(join(root, 'train.csv'), { holdout: 0 });
    expect(one.samples.map(({ id }) => id)).toEqual(['img/a.png', 'img/b.png']);
  });

  it('counts beside class folders only where it lists images', async () => {
    const root = temporaryFolder();
    await putImages(root, 'x/a.png', 'y/b.png');
    put(root, 'results.csv', 'epoch,loss\n1,2\n');
    const data = await loadDataset(root);
    expect(data.layout).toBe('class folders');
    expect(data.notices.join('\n')).toContain('results.csv');
    put(root, 'results.csv', 'filename,label\nx/a.png,1\ny/b.png,2\n');
    expect((await loadDataset(root)).classes).toEqual(['1', '2']);
  });

  it('without labels takes the folders of the images', async () => {
    const root = temporaryFolder();
    await putImages(root, 'x/a.png', 'y/b.png');
    put(root, 'list.csv', 'path,caption\nx/a.png,one\ny/b.png,two\n');
    const data = await loadDataset(join(root, 'list.csv'), { holdout: 0 });
    expect(data.classes).toEqual(['x', 'y']);
    expect(data.notices.join('\n')).toContain('no labels: the folders');
    put(root, 'metadata.csv', 'file_name,text\nx/a.png,one\ny/b.png,two\n');
    expect((await loadDataset(root, { holdout: 0 })).samples.map((s) => s.text)).toEqual(['one', 'two']);
  });

  it.each([
    [
      'a named column that is missing',
      { 'l.csv': 'path,label\na,b' },
      { label: 'lable' },
      ['l.csv', '"lable"', 'did you mean "label"'],
    ],
    [
      'no column of images',
      { 'l.csv': 'p,q\n1,2\n3,4' },
      {},
      ['l.csv', 'the image cannot be told', '"p", "q"'],
    ],
    [
      'two that may be labels',
      { 'l.csv': 'path,u,v\nimg/a.png,1,2\nimg/b.png,1,2\nimg/c.png,2,3\nimg/d.png,2,3' },
      {},
      ['l.csv', 'the label cannot be told'],
    ],
    [
      'a missing file',
      { 'l.csv': 'path,label\nimg/a.png,x\nimg/z.png,y' },
      {},
      ['l.csv names 1 file', '"img/z.png" (line 3)'],
    ],
    [
      'two tables',
      { 'a.csv': 'path,label\nimg/a.png,x', 'b.csv': 'path,label\nimg/b.png,x' },
      {},
      ['several tables', '"a.csv", "b.csv"'],
    ],
    [
      'an image in two splits',
      { 'train.csv': 'path,label\nimg/a.png,x', 'test.csv': 'path,label\nimg/a.png,x' },
      {},
      ['"img/a.png" is in two tables'],
    ],
    [
      'a label that is a list',
      { 'l.jsonl': '{"path": "img/a.png", "label": ["x", "y"]}' },
      {},
      ['l.jsonl line 1', 'label is ["x","y"]'],
    ],
  ])('refuses %s', async (_, files, columns, parts) => {
    await expectFailure(loadDataset(await folder(files), { columns }), 'data', ...parts);
  });
});

describe('the imagefolder convention', () => {
  it('has a metadata file in each split folder', async () => {
    const root = temporaryFolder();
    await putImages(root, 'train/a.png', 'train/b.png', 'validation/a.png', 'test/c.png');
    put(root, 'train/metadata.csv', 'file_name,label,text\na.png,x,one\nb.png,y,two\n');
    put(root, 'validation/metadata.jsonl', '{"file_name": "a.png", "label": "y"}');
    put(root, 'test/metadata.csv', 'file_name,label\nc.png,x\n');
    const data = await loadDataset(root);
    expect(data.samples.map(({ id, label, split }) => [id, label, split])).toEqual([
      ['train/a.png', 0, 'train'],
      ['train/b.png', 1, 'train'],
      ['validation/a.png', 1, 'holdout'],
    ]);
    expect(data.test.map(({ id }) => id)).toEqual(['test/c.png']);
    put(root, 'test/metadata.csv', 'file_name,label\nc.png,x\nd.png,x\n');
    await expectFailure(loadDataset(root), 'data', 'test/metadata.csv names 1 file', '"d.png" (line 3)');
  });
});

describe('texts of classes', () => {
  it.each([
    ['t.json', '{"img x": ["egg", "rice"], "y": "soup"}'],
    ['t.csv', 'label,text\nimg x,"egg, rice"\ny,soup\n'],
    ['t.tsv', 'name\twords\nimg x\tegg, rice\ny\tsoup'],
    [
      't.jsonl',
      '{"class": "img_x", "ingredients": ["egg", "rice"]}\n{"class": "y", "ingredients": ["soup"]}',
    ],
    ['t.txt', '\uFEFFimg x: egg, rice\n\ny\tsoup\n'],
  ])('in %s', async (name, content) => {
    const root = temporaryFolder();
    await putImages(root, 'img x/a.png', 'y/b.png');
    put(root, 'y/b.txt', 'its own');
    const classTexts = put(temporaryFolder(), name, content);
    const data = await loadDataset(root, { classTexts, holdout: 0 });
    expect(data.samples[0]!.text).toMatch(/^(egg, rice|\["egg","rice"\])$/);
    expect(data.samples[1]!.text).toBe('its own');
    expect(data.layout).toContain(`texts of classes in ${name}`);
  });

  it.each([
    ['t.csv', 'label,text\na,1\nbb,2\n', ['t.csv line 3', '"bb"']],
    ['t.csv', 'label\na\n', ['the one column "label"']],
    ['t.txt', 'a: one\nb two\n', ['t.txt line 2', '"b two"', 'neither a tab nor a colon']],
    ['t.jsonl', '{"label": ["a"], "text": "x"}', ['t.jsonl line 1', 'label is ["a"]']],
  ])('%s names line and expectation: %j', async (name, content, parts) => {
    const root = temporaryFolder();
    await putImages(root, 'a/a.png', 'b/b.png');
    const classTexts = put(temporaryFolder(), name, content);
    await expectFailure(loadDataset(root, { classTexts }), 'data', ...parts);
  });
});
