/** The process that `tryDeviceApart` starts: DEVICE [large] [half]. */
import { MarnetError } from '../../errors.ts';
import { type Device, parseDevice } from './name.ts';
import { tryDevice } from './trial.ts';
import type { TrialMessage } from './trial-process.ts';

const [device = '', ...more] = process.argv.slice(2);
if (parseDevice(device)) {
  const message: TrialMessage = await tryDevice(
    device as Device,
    more.includes('large'),
    more.includes('half'),
  ).then(
    (trial) => ({ trial }),
    (error: unknown) => ({
      error: {
        message: error instanceof Error ? error.message : String(error),
        hint: error instanceof MarnetError ? error.hint : undefined,
      },
    }),
  );
  process.stdout.write(`\n${JSON.stringify(message)}\n`, () => process.exit(0));
}
