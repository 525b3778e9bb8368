import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { MarnetError } from '../../core/errors.ts';
import { openOnnx } from '../../core/onnx/index.ts';
import { classifier, initializer } from '../../fixtures/classifier.ts';
import externalData from '../../fixtures/external-data/case.ts';
import { bytes, entry, float32s, integer, model, TYPE, tensor } from '../../fixtures/onnx.ts';
import opset17 from '../../fixtures/opset-17/case.ts';
import { temporaryFolder, writeFixture } from './support.ts';

const folder = temporaryFolder();

function errorOf(action: () => unknown): MarnetError {
  try {
    action();
  } catch (error) {
    expect(error).toBeInstanceOf(MarnetError);
    return error as MarnetError;
  }
  throw new Error('nothing was thrown');
}

function errorOfFile(name: string, content: Uint8Array | string): MarnetError {
  const file = path.join(folder, name);
  writeFileSync(file, content);
  return errorOf(() => openOnnx(file));
}

describe('files that are no model', () => {
  it.each([
    ['photo.onnx', Buffer.from('ffd8ffe000104a464946', 'hex'), 'a JPEG image'],
    ['a.png', Buffer.from('89504e470d0a1a0a', 'hex'), 'a PNG image'],
    [
      'weights.pt',
      Buffer.from(`PK\x03\x04${'\0'.repeat(26)}archive/data.pkl`, 'latin1'),
      'a zip archive (PyTorch)',
    ],
    ['saved.zip', Buffer.from(`PK\x03\x04${'\0'.repeat(26)}readme.txt`, 'latin1'), 'a zip archive'],
    ['old.pth', Buffer.from('80027d7100', 'hex'), 'a pickle (PyTorch or Python)'],
    ['m.tflite', Buffer.from('1c00000054464c33', 'hex'), 'a TensorFlow Lite model'],
    ['page.onnx', '<!DOCTYPE html><html></html>', 'an HTML page'],
    ['model.json', '{"format": "graph-model"}', 'JSON'],
    ['pointer.onnx', 'version https://git-lfs.github.com/spec/v1', 'a Git LFS pointer'],
    [
      'm.safetensors',
      Buffer.concat([Buffer.from('2000000000000000', 'hex'), Buffer.from('{"a": 1}')]),
      'a safetensors file (PyTorch)',
    ],
    ['notes.onnx', 'some words', 'plain text'],
  ])('%s', (name, content, kind) => {
    const error = errorOfFile(name, content);
    expect(error.code).toBe('not-a-model');
    expect(error.message).toBe(`${path.join(folder, name)} is ${kind}, not an ONNX model`);
    expect(error.hint).toBeTruthy();
  });

  it('an empty file', () => {
    expect(errorOfFile('empty.onnx', '').message).toMatch(/empty\.onnx is empty/);
  });

  it('random bytes', () => {
    const error = errorOfFile(
      'noise.onnx',
      Uint8Array.from({ length: 100 }, (_, i) => (i * 89 + 7) % 256),
    );
    expect(error.code).toBe('not-a-model');
    expect(error.message).toMatch(/at byte \d+ of 100/);
  });

  it('protobuf that holds no graph', () => {
    expect(errorOfFile('nothing.onnx', Uint8Array.from(integer(1, 8))).message).toMatch(/it has no graph/);
  });

  it('a folder', () => {
    writeFixture(opset17, path.join(folder, 'sub'));
    const error = errorOf(() => openOnnx(path.join(folder, 'sub')));
    expect(error.message).toMatch(/is a folder/);
    expect(error.hint).toBe('It holds model.onnx.');
  });

  it('a name that is not there, with the nearest that is', () => {
    const error = errorOf(() => openOnnx(path.join(folder, 'sub', 'modle.onnx')));
    expect(error.hint).toBe(`Did you mean ${path.join(folder, 'sub', 'model.onnx')}?`);
    expect(errorOf(() => openOnnx('/no/such/folder/x.onnx')).message).toMatch(/does not exist/);
  });

  it('a model cut off at any byte', () => {
    const whole = opset17.build()['model.onnx']!;
    let complete = 0;
    for (let length = 1; length < whole.length; length++) {
      try {
        openOnnx(whole.subarray(0, length));
        complete++;
      } catch (error) {
        expect(error).toBeInstanceOf(MarnetError);
        expect((error as MarnetError).message).toMatch(/at byte \d+ of \d+/);
      }
    }
    // Only a cut between two fields of the model itself, after the graph, leaves a model.
    expect(complete).toBe(1);
  });

  it('says which field is cut off', () => {
    const whole = opset17.build()['model.onnx']!;
    expect(errorOf(() => openOnnx(whole.subarray(0, 200))).message).toMatch(
      /^the given bytes: model: field 7 should hold \d+ bytes, but only 186 are left \(at byte 11 of 200\)$/,
    );
  });

  it('a tensor with too few elements, when it is read', () => {
    const short = tensor('fc.bias', TYPE.float32, [5], bytes(9, float32s([1, 2])));
    const others = (['conv.weight', 'conv.bias', 'fc.weight'] as const).map(initializer);
    const { graph } = openOnnx(model(8, 17, classifier({ initializers: [...others, short] })));
    expect(errorOf(() => graph.constants.get('fc.bias')!.read()).message).toMatch(/"fc.bias" of shape \[5\]/);
  });
});

describe('external data', () => {
  const at = (name: string, entries: Readonly<Record<string, string>>) => {
    const place = Object.entries(entries).flatMap(([key, text]) => bytes(13, entry(key, text)));
    const bias = tensor('fc.bias', TYPE.float32, [5], [...place, ...integer(14, 1)]);
    const others = (['conv.weight', 'conv.bias', 'fc.weight'] as const).map(initializer);
    mkdirSync(path.join(folder, name), { recursive: true });
    const file = path.join(folder, name, 'model.onnx');
    writeFileSync(file, model(8, 17, classifier({ initializers: [...others, bias] })));
    return file;
  };

  it('missing: names the tensor, the file and what is there instead', () => {
    const file = at('missing', { location: 'gone.bin' });
    writeFileSync(path.join(folder, 'missing', 'weights.bin'), '');
    const error = errorOf(() => openOnnx(file));
    expect(error.code).toBe('external-data');
    expect(error.message).toBe(
      `the weights of tensor "fc.bias" are missing: ${path.join(folder, 'missing', 'gone.bin')} is not there`,
    );
    expect(error.hint).toContain('"weights.bin"');
  });

  it('too short: says how much is there', () => {
    const file = at('short', { location: 'w.bin', offset: '8' });
    writeFileSync(path.join(folder, 'short', 'w.bin'), new Uint8Array(20));
    const { graph } = openOnnx(file);
    const error = errorOf(() => graph.constants.get('fc.bias')!.read());
    expect(error.code).toBe('external-data');
    expect(error.message).toMatch(
      /needs 20 bytes at offset 8 of .*w\.bin, which has 12 there \(20 bytes in all\)/,
    );
  });

  it.each(['../w.bin', '/etc/passwd', 'a/../../w.bin', ''])('outside the folder: %s', (location) => {
    writeFileSync(path.join(folder, 'w.bin'), new Uint8Array(20));
    const error = errorOf(() => openOnnx(at('outside', { location })));
    expect(error.code).toBe('external-data');
    expect(error.message).toMatch(/outside the model's folder/);
  });

  it('outside the folder by a link', () => {
    const file = at('linked', { location: 'w.bin' });
    writeFileSync(path.join(folder, 'target.bin'), new Uint8Array(20));
    symlinkSync(path.join(folder, 'target.bin'), path.join(folder, 'linked', 'w.bin'));
    expect(errorOf(() => openOnnx(file)).message).toMatch(/outside the model's folder/);
  });

  it('an offset that is no number', () => {
    expect(errorOf(() => openOnnx(at('offset', { location: 'w.bin', offset: '-4' }))).message).toMatch(
      /offset "-4"/,
    );
  });

  it('of a model given as bytes', () => {
    const { graph } = openOnnx(externalData.build()['model.onnx']!);
    expect(errorOf(() => graph.constants.get('fc.weight')!.read()).hint).toBe('Load the model by its path.');
  });
});
