/** Tries a device in a process of its own, so that a driver that crashes or talks does neither here. */
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { MarnetError } from '../../errors.ts';
import type { Device } from './name.ts';
import { unusable } from './provider.ts';
import type { DeviceTrial } from './trial.ts';

/** What the process prints as its last line. */
export type TrialMessage =
  | { readonly trial: DeviceTrial }
  | { readonly error: { readonly message: string; readonly hint: string | undefined } };

/** A driver that takes longer to answer is of no use. */
const PATIENCE_SECONDS = 90;

/** @throws MarnetError 'device' where the device does not work, with the remedy. */
export async function tryDeviceApart(device: Device, large: boolean, half = false): Promise<DeviceTrial> {
  const words = [device, ...(large ? ['large'] : []), ...(half ? ['half'] : [])];
  const { output, errors, ending } = await runApart(words);
  const last = output.trim().split('\n').at(-1) ?? '';
  if (last.startsWith('{')) {
    const message = JSON.parse(last) as TrialMessage;
    if ('trial' in message) return message.trial;
    const { hint } = message.error;
    throw new MarnetError('device', message.error.message, hint === undefined ? {} : { hint });
  }
  const said = errors.trim().split('\n').at(-1) ?? '';
  throw unusable(device, `${ending}${said === '' ? '' : ` (${said.slice(0, 300)})`}`);
}

interface Ended {
  readonly output: string;
  readonly errors: string;
  /** How it ended, in words. */
  readonly ending: string;
}

function runApart(words: readonly string[]): Promise<Ended> {
  // Sources run through a loader, the built package as it is.
  const typescript = import.meta.url.endsWith('.ts');
  const script = new URL(`./trial-main.${typescript ? 'ts' : 'js'}`, import.meta.url);
  const loader = typescript
    ? ['--import', pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href]
    : [];
  const child = spawn(process.execPath, [...loader, fileURLToPath(script), ...words], {
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: PATIENCE_SECONDS * 1000,
    killSignal: 'SIGKILL',
  });
  let [output, errors] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      const ending =
        signal === 'SIGKILL'
          ? `its driver did not answer in ${PATIENCE_SECONDS} seconds`
          : signal
            ? `its driver crashed (${signal})`
            : `the trial ended with code ${code}`;
      resolve({ output, errors, ending });
    });
  });
}
