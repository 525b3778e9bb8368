import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { assemble, KERNELS, moduleOf } from '../../scripts/assemble-kernels.ts';

it.each(KERNELS)('%s is assembled from its source', async (kernel) => {
  expect(await readFile(moduleOf(kernel), 'utf8')).toBe(await assemble(kernel));
});
