/**
 * Lays out the data that the evidence is measured on, from package registries into a cache folder; what is there stays.
 * It lives with the tests because it measures the product and is no part of it: it is not in the package.
 *
 * Usage: npx tsx test/evidence/data/prepare.ts [stamps] [emoji] [fashion-mnist] [--seed 0] [--cache FOLDER]
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { cacheFolder } from '../../../core/data/cache-folder.ts';
import { DATASETS } from './index.ts';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    seed: { type: 'string', default: '0' },
    cache: { type: 'string', default: join(cacheFolder(), 'evidence') },
  },
});
for (const name of positionals.length > 0 ? positionals : Object.keys(DATASETS)) {
  const make = DATASETS[name];
  if (!make) throw new Error(`no data set "${name}"; there are ${Object.keys(DATASETS).join(', ')}`);
  console.log(`${name}: ${await make(values.cache, Number(values.seed))}`);
}
