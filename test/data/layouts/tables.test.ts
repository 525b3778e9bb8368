import { rmSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadDataset } from '../../../core/data/dataset.ts';
import { expectFailure, put, putImages, temporaryFolder } from '../folder.ts';

const NAMES = ['a.png', 'b.png', 'c.png', 'sub/d.png'];

async function folder(table: Record<string, string>): Promise<string> {
  const root = temporaryFolder();
  await putImages(root, ...NAMES);
  for (const [name, content] of Object.entries(table)) put(root, name, content);
  return root;
}

const csv = (...lines: string[]) => folder({ 'metadata.csv': lines.join('\n') });
const jsonl = (...rows: (object | string)[]) =>
  folder({
    'metadata.jsonl': rows.map((row) => (typeof row === 'string' ? row : JSON.stringify(row))).join('\n'),
  });

describe('metadata.csv', () => {
  it('gives labels, texts and splits', async () => {
    const root = await csv(
      '\uFEFFfile_name,label,text,split',
      'a.png,cat,"a cat, asleep",train',
      'b.png,dog,"said ""woof""\nand ran",training',
      'c.png,cat,,validation',
      'sub\\d.png,dog,late,test',
    );
    const data = await loadDataset(root);
    expect(data.layout).toBe('images listed in metadata.csv');
    expect(data.classes).toEqual(['cat', 'dog']);
    expect(data.samples.map(({ id, label, text, split }) => [id, label, text, split])).toEqual([
      ['a.png', 0, 'a cat, asleep', 'train'],
      ['b.png', 1, 'said "woof"\nand ran', 'train'],
      ['c.png', 0, undefined, 'holdout'],
    ]);
    expect(data.test.map(({ id, text }) => [id, text])).toEqual([['sub/d.png', 'late']]);
  });

  it('may be separated by semicolons or tabs, end lines in CRLF, and write columns in capitals', async () => {
    for (const mark of [';', '\t']) {
      const lines = ['File_Name,Label,Text', 'a.png,x,"egg, rice"', 'b.png,y,"soup; hot"'];
      const text = lines.map((line) => line.replace(/,(?! )/g, mark)).join('\r\n');
      const data = await loadDataset(await folder({ 'metadata.csv': text }));
      expect(data.samples.map((s) => s.text)).toEqual(['egg, rice', 'soup; hot']);
    }
  });

  it('is refused in UTF-16, with or without a byte order mark, which is named', async () => {
    const text = 'file_name,label\na.png,x\nb.png,y\n';
    for (const mark of ['\uFEFF', '']) {
      const little = Buffer.from(mark + text, 'utf16le');
      for (const bytes of [little, Buffer.from(little).swap16()]) {
        const root = await folder({});
        for (const name of ['metadata.csv', 'list.csv']) {
          const file = put(root, name, bytes);
          const data = name === 'metadata.csv' ? root : file;
          await expectFailure(loadDataset(data), 'data', name, 'is UTF-16, and UTF-8 is expected');
          rmSync(file);
        }
      }
    }
  });

  it('gets a stratified holdout where it names none', async () => {
    const rows = NAMES.map((name, i) => `${name},${'xy'[i % 2]}`);
    const data = await loadDataset(await csv('file_name,label', ...rows));
    expect(data.samples.map((s) => s.split).sort()).toEqual(['holdout', 'holdout', 'train', 'train']);
    const split = [
      'file_name,label,split',
      'a.png,x,train',
      'b.png,y,train',
      'c.png,x,train',
      'sub/d.png,y,test',
    ];
    const withTest = await loadDataset(await csv(...split), { holdout: 0.5 });
    expect(withTest.test.map((s) => s.id)).toEqual(['sub/d.png']);
    expect(withTest.samples.filter((s) => s.split === 'holdout').every((s) => s.label === 0)).toBe(true);
    expect(withTest.samples.filter((s) => s.split === 'holdout')).toHaveLength(1);
  });

  it('tells of what it passes over and takes for granted', async () => {
    const data = await loadDataset(
      await csv('id,file_name,label,split,_mood', '1,a.png,x,train,', '2,b.png,y,,', '3,c.png,z,val,'),
    );
    const notices = data.notices.join('\n');
    expect(notices).toContain('2 columns passed over: "id", "_mood"');
    expect(notices).toContain('1 row without a split, taken as train');
    expect(notices).toContain('1 class is in the holdout but not in training: z');
    expect(notices).toContain('2 of 2 training images have no text');
  });

  it.each([
    ['no file_name', ['filename,label', 'a.png,x'], ['no column "file_name"', '"filename", "label"']],
    ['no label', ['file_name,lable', 'a.png,x'], ['no column "label"', '"lable"']],
    [
      'an unknown column',
      ['file_name,label,txet', 'a.png,x,y'],
      ['line 1', '"txet"', 'did you mean "text"?'],
    ],
    ['a column twice', ['file_name,label,label', 'a.png,x,y'], ['line 1', '"label"', 'twice']],
    ['no rows', ['file_name,label'], ['no rows']],
    ['nothing at all', [''], ['no column "file_name"', 'none']],
    ['an empty label', ['file_name,label', 'a.png,x', 'b.png, '], ['line 3', 'label is empty']],
    ['an empty file_name', ['file_name,label', ',x'], ['line 2', 'file_name is empty']],
    ['too many values', ['file_name,label', 'a.png,x', 'b.png,y,z'], ['line 3', '3 values', '2 columns']],
    ['an open quote', ['file_name,label', 'a.png,"x', 'b.png,y'], ['line', 'Quote']],
    [
      'an unknown split',
      ['file_name,label,split', 'a.png,x,train', 'b.png,y,vali'],
      ['line 3', '"vali"', 'did you mean "val'],
    ],
    [
      'a file twice',
      ['file_name,label', 'a.png,x', 'b.png,y', './a.png,y'],
      ['line 4', '"a.png"', 'first in line 2'],
    ],
    [
      'missing files',
      ['file_name,label', 'a.png,x', 'p.png,y', 'q.png,y', ...[1, 2, 3, 4, 5].map((i) => `m${i}.png,y`)],
      ['7 files that do not exist', '"p.png" (line 3)', '"q.png" (line 4)', 'and 2 more'],
    ],
    ['one class', ['file_name,label', 'a.png,x', 'b.png,x'], ['one class only, "x"']],
    [
      'too little to train on',
      ['file_name,label,split', 'a.png,x,train', 'b.png,y,val'],
      ['1 image', 'fewer than two classes'],
    ],
  ])('refuses %s', async (_, lines, parts) => {
    await expectFailure(loadDataset(await csv(...lines)), 'data', ...parts);
  });

  it('does not guess beside a metadata.jsonl', async () => {
    const root = await folder({ 'metadata.csv': 'file_name,label', 'metadata.jsonl': '{}' });
    await expectFailure(loadDataset(root), 'data', 'both metadata.csv and metadata.jsonl');
  });
});

describe('metadata.jsonl', () => {
  it('gives labels and texts, lists too', async () => {
    const root = await jsonl(
      { file_name: 'a.png', label: 1, text: ['egg', 'rice'], width: 4 },
      '',
      { file_name: 'b.png', label: 10, text: null },
      { file_name: 'c.png', label: 2, text: [] },
      { file_name: 'sub/d.png', label: '2', text: 'a soup' },
    );
    const data = await loadDataset(root, { holdout: 0 });
    expect(data.classes).toEqual(['1', '2', '10']);
    expect(data.samples.map((s) => s.text)).toEqual(['["egg","rice"]', undefined, undefined, 'a soup']);
  });

  it.each([
    [
      'broken JSON',
      ['{"file_name": "a.png", "label": "x"}', '{"file_name": '],
      ['line 2 is not JSON', '{"file_name":'],
    ],
    ['no object', ['["a.png"]'], ['line 1 is a list']],
    ['an odd label', [{ file_name: 'a.png', label: { x: 1 } }], ['line 1', 'label is {"x":1}']],
    ['an odd text', [{ file_name: 'a.png', label: 'x', text: [1] }], ['line 1', 'text is [1]']],
    [
      'an unknown key',
      [{ file_name: 'a.png', label: 'x' }, '', { file_name: 'b.png', label: 'y', tekst: 'z' }],
      ['line 3', '"tekst"', 'did you mean "text"?'],
    ],
    [
      'a row without a label',
      [{ file_name: 'a.png', label: 'x' }, { file_name: 'b.png' }],
      ['line 2', 'label is empty'],
    ],
    [
      'a missing file',
      [{ file_name: 'z.png', label: 'x' }],
      ['1 file that does not exist', '"z.png" (line 1)'],
    ],
  ])('refuses %s', async (_, rows, parts) => {
    await expectFailure(loadDataset(await jsonl(...rows)), 'data', 'metadata.jsonl', ...parts);
  });
});
