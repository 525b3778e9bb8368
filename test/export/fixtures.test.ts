import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadModel } from '../../adapters/load.ts';
import { exportMerged, unwrapTo } from '../../core/export/index.ts';
import { allFixtures } from '../../fixtures/index.ts';
import { exportRequest } from './merged.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'marnet-fixtures-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('every fixture is wrapped, verified, and given back to the byte', async () => {
  for (const [name, { description, build }] of await allFixtures()) {
    it(`${name}: ${description}`, async () => {
      const files = build();
      for (const [file, bytes] of Object.entries(files)) writeFileSync(path.join(folder, file), bytes);
      const out = path.join(folder, 'merged.onnx');
      const { verification } = await exportMerged(await exportRequest(path.join(folder, 'model.onnx'), out));
      expect(verification.agreement).toBe(1);
      expect(readdirSync(folder).sort()).toEqual([...Object.keys(files), 'merged.onnx'].sort());
      const back = path.join(folder, 'back');
      mkdirSync(back);
      const result = await unwrapTo(await loadModel(out), path.join(back, 'model.onnx'));
      expect(result).toMatchObject({ exact: true, changedWeights: [] });
      expect(readdirSync(back).sort()).toEqual(Object.keys(files).sort());
      for (const [file, bytes] of Object.entries(files))
        expect(Buffer.compare(readFileSync(path.join(back, file)), bytes), file).toBe(0);
    });
  }
});
