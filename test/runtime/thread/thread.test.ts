import { expect, it } from 'vitest';
import { Thread } from '../../../core/runtime/thread/thread.ts';
import type { EarlyCalls } from './early-answers.ts';

const open = () => new Thread<EarlyCalls>({ from: import.meta.url, module: './early-answers' });

it('answers before its work is over, and takes the next request after it', async () => {
  const thread = open();
  const flag = new Int32Array(new SharedArrayBuffer(4));
  const order: string[] = [];
  const answer = thread.call('wait', [flag]).then(() => order.push('answer'));
  const next = thread.call('wasTold', []).then((wasTold) => order.push(`next: ${wasTold}`));
  await answer;
  expect(order).toEqual(['answer']);
  Atomics.store(flag, 0, 1);
  Atomics.notify(flag, 0);
  await next;
  expect(order).toEqual(['answer', 'next: true']);
  await thread.close();
});

it('refuses what comes after work that failed, with its error', async () => {
  const thread = open();
  expect(await thread.call('fail', [])).toEqual({ answered: true });
  for (const again of [thread.call('wasTold', []), thread.call('fail', [])])
    await expect(again).rejects.toMatchObject({ code: 'runtime', message: 'the rest of the work failed' });
  await thread.close();
});
