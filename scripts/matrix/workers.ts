/** Cases tried by several processes at once: onnxruntime's addon has one state a process. */
import { fork } from 'node:child_process';
import { join } from 'node:path';
import type { JudgedRow } from '../../core/wrap/matrix/table.ts';

export interface Order {
  readonly name: string;
  readonly runners: readonly string[];
}

/**
 * @param jobs how many processes.
 * @param told is given each row as it comes.
 * @throws Error that names the case at which a process died.
 */
export async function tryAll(
  orders: readonly Order[],
  jobs: number,
  told: (row: JudgedRow) => void,
): Promise<void> {
  const waiting = [...orders];
  const worker = (): Promise<void> =>
    new Promise((done, failed) => {
      const child = fork(join(import.meta.dirname, 'worker.ts'), { execArgv: ['--import', 'tsx'] });
      let order: Order | undefined;
      child.on('message', (message: 'ready' | JudgedRow) => {
        if (message !== 'ready') told(message);
        order = waiting.shift();
        if (order) child.send(order);
        else child.disconnect();
      });
      child.on('exit', (code, signal) => {
        if (order) failed(new Error(`the process died at ${order.name} (${signal ?? `exit code ${code}`})`));
        else done();
      });
    });
  await Promise.all(Array.from({ length: Math.min(jobs, orders.length) }, worker));
}
