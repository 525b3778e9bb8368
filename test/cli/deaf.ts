/** Started as a process: once it was interrupted, its event loop is held up for a minute, as by a long run of a model. */
import { writeSync } from 'node:fs';
import { stopOnInterrupt } from '../../core/cli/output/interrupt.ts';
import { processIo } from '../../core/cli/output/io.ts';

const MINUTE = 60_000;

stopOnInterrupt(
  processIo(),
  () => {
    setTimeout(() => {
      writeSync(1, 'deaf\n');
      for (const end = Date.now() + MINUTE; Date.now() < end; );
      writeSync(1, 'hearing\n');
    }, 500);
  },
  () => {},
);
setInterval(() => {}, MINUTE);
writeSync(1, 'listening\n');
