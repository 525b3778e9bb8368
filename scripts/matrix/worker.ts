/** A process of the matrix: it is sent names, and sends rows back. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { limitThreads } from '../../core/runtime/session.ts';
import { judge, matrixCases } from './cases.ts';
import type { Order } from './workers.ts';

// Small models are run faster by a process a core than by one process whose threads wait for each other.
limitThreads(1);
const cases = new Map((await matrixCases()).map((each) => [each.name, each]));
const folder = mkdtempSync(join(tmpdir(), 'marnet-matrix-'));
process.on('message', async ({ name, runners }: Order) => {
  process.send!(await judge(cases.get(name)!, folder, runners));
});
process.on('disconnect', () => {
  rmSync(folder, { recursive: true, force: true });
  process.exit();
});
process.send!('ready');
