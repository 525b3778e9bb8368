/** A thread whose answers come before its work is over. */
import { MarnetError } from '../../../core/errors.ts';
import { answerBefore, serve } from '../../../core/runtime/thread/serve.ts';

let wasTold: boolean | undefined;

const calls = {
  /** Its work lasts until it is told to go on: for ever, if the answer does not come before. */
  wait(flag: Int32Array<SharedArrayBuffer>): { readonly answered: true } {
    return answerBefore(
      () => {
        wasTold = Atomics.wait(flag, 0, 0, 10_000) !== 'timed-out';
      },
      { answered: true },
    );
  },
  wasTold: (): boolean | undefined => wasTold,
  fail(): { readonly answered: true } {
    return answerBefore(
      () => {
        throw new MarnetError('runtime', 'the rest of the work failed');
      },
      { answered: true },
    );
  },
};

export type EarlyCalls = typeof calls;

serve(calls);
