import {
  chmodSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkOutputPath } from '../../core/export/index.ts';

let folder: string;
let input: string;
let weights: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'marnet-output-'));
  input = path.join(folder, 'model.onnx');
  writeFileSync(input, 'model');
  weights = path.join(folder, 'other.onnx.data');
  writeFileSync(weights, 'weights');
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const refused = (out: string, externalData = false) => {
  try {
    checkOutputPath(out, { path: input, files: [input, weights] }, { externalData });
  } catch (error) {
    return error;
  }
  return undefined;
};

describe('checkOutputPath', () => {
  it('accepts a new file and an existing one, and leaves nothing behind', () => {
    writeFileSync(path.join(folder, 'old.onnx'), 'old');
    expect(refused(path.join(folder, 'new.onnx'))).toBeUndefined();
    expect(refused(path.join(folder, 'old.onnx'))).toBeUndefined();
    expect(refused(path.relative('.', path.join(folder, 'new.onnx')), true)).toBeUndefined();
    expect(readdirSync(folder).sort()).toEqual(['model.onnx', 'old.onnx', 'other.onnx.data']);
  });

  it('refuses the input, however it is spelled or linked', () => {
    const soft = path.join(folder, 'soft.onnx');
    const hard = path.join(folder, 'hard.onnx');
    symlinkSync(input, soft);
    linkSync(input, hard);
    mkdirSync(path.join(folder, 'sub'));
    for (const out of [input, path.relative('.', input), `${folder}/sub/../model.onnx`, soft, hard])
      expect(refused(out)).toMatchObject({
        code: 'output',
        message: expect.stringContaining('is the model that is being read'),
      });
  });

  it('refuses to put external data where the input is', () => {
    const data = path.join(folder, 'x.onnx.data');
    symlinkSync(input, data);
    expect(refused(path.join(folder, 'x.onnx'))).toBeUndefined();
    expect(refused(path.join(folder, 'x.onnx'), true)).toMatchObject({ code: 'output' });
  });

  it('refuses to write over weights of the input', () => {
    const message = expect.stringContaining('holds weights of the model that is being read');
    expect(refused(weights)).toMatchObject({ code: 'output', message });
    // External data goes into a file of another name then.
    for (const externalData of [false, true])
      expect(refused(path.join(folder, 'other.onnx'), externalData)).toBeUndefined();
  });

  it('refuses to write over what is no model, unless it is named like one', () => {
    const contents = { 'metadata.csv': 'file_name,label\n', 'photo.jpg': '\xff\xd8\xff', 'net.data': '\0\0' };
    for (const [name, content] of Object.entries(contents)) {
      writeFileSync(path.join(folder, name), content, 'latin1');
      expect(refused(path.join(folder, name)), name).toMatchObject({
        code: 'output',
        message: expect.stringContaining('is no model'),
      });
    }
    for (const [name, content] of [
      ['empty', ''],
      ['merged.model', '\x08\x08'],
    ] as const) {
      writeFileSync(path.join(folder, name), content, 'latin1');
      expect(refused(path.join(folder, name)), name).toBeUndefined();
    }
  });

  it('refuses folders, missing folders, files as folders, and what is no file', () => {
    const cases = {
      [folder]: 'it is a folder',
      [path.join(folder, 'none/x.onnx')]: 'does not exist',
      [path.join(input, 'x.onnx')]: 'is not a folder',
      '/dev/null': 'not an ordinary file',
      '/proc/x.onnx': 'cannot be written to',
    };
    for (const [out, why] of Object.entries(cases)) {
      if (!out.startsWith(folder) && process.platform !== 'linux') continue;
      expect(refused(out), out).toMatchObject({ code: 'output', message: expect.stringContaining(why) });
    }
  });

  it('refuses a read-only file and a read-only folder, unless the user may write anywhere', () => {
    const locked = path.join(folder, 'locked');
    mkdirSync(locked);
    const file = path.join(folder, 'kept.onnx');
    writeFileSync(file, 'kept');
    chmodSync(file, 0o444);
    chmodSync(locked, 0o555);
    const mayAnything = process.getuid?.() === 0;
    for (const out of [file, path.join(locked, 'x.onnx')])
      expect(refused(out) !== undefined, out).toBe(!mayAnything);
    chmodSync(locked, 0o755);
  });
});
