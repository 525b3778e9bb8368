import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'vitest';
import { allFixtures } from '../../fixtures/index.ts';
import { expectWayBack } from './merged.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'marnet-fixtures-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('every fixture is wrapped, verified, and given back to the byte', async () => {
  for (const [name, { description, build }] of await allFixtures())
    it(`${name}: ${description}`, () => expectWayBack(folder, build()));
});
