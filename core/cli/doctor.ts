import type { Command } from 'commander';
import { EXIT, MarnetError } from '../errors.ts';
import { type Device, type DeviceWish, parseDevice } from '../runtime/device/name.ts';
import type { DeviceFinding, Diagnosis } from '../wrap/doctor.ts';
import { type Finish, newCommand } from './arguments/command.ts';
import { readDevice } from './arguments/device.ts';
import type { Io } from './output/io.ts';

interface Options {
  readonly device?: DeviceWish;
  readonly json?: boolean;
}

/** `marnet-wrap doctor` */
export function doctorCommand(io: Io, finish: Finish): Command {
  return newCommand(
    io,
    'doctor',
    'Tries each device with a small training step, and says what to install where one does not work.',
    ['marnet-wrap doctor', 'marnet-wrap doctor --device webgpu', 'marnet-wrap doctor --json'],
  )
    .option('--device <name>', 'try this one alone; the exit code is 1 where it does not work', readDevice)
    .option('--json', 'print one JSON object')
    .action(async ({ device, json }: Options) => {
      if (device === 'auto')
        throw new MarnetError('usage', '--device takes one device here, not "auto"', {
          hint: 'Leave it out to try all of them.',
        });
      const { diagnose } = await import('../wrap/doctor.ts');
      const run = diagnose(device === undefined ? {} : { device });
      for (;;) {
        const next = await run.next();
        if (next.done) {
          io.out(json ? `${JSON.stringify(next.value)}\n` : engineText(next.value));
          const needed = new Set<Device>(['cpu', ...(device === undefined ? [] : [device])]);
          const broken = next.value.devices.some((each) => !each.works && needed.has(each.device));
          return finish(broken ? EXIT.failed : EXIT.done);
        }
        if (!json) io.out(deviceText(next.value));
      }
    });
}

function deviceText(finding: DeviceFinding): string {
  const name = `${finding.device}:`.padEnd(8);
  if (!finding.works) return `${name} does not work\n  ${finding.reason}\n  ${finding.hint}\n`;
  const { device, small, smallOnCpu, large, difference, onCpu, half } = finding;
  const isCpu = parseDevice(device)!.kind === 'cpu';
  const beside = (here: number, cpu: number): string =>
    isCpu ? time(here) : `${time(here)} (CPU ${time(cpu)})`;
  const lines = [
    `${name} works`,
    `  small network: forward ${beside(small.forward, smallOnCpu.forward)}, training step ${beside(small.step, smallOnCpu.step)}`,
  ];
  if (large) lines.push(`  larger network: training step ${beside(large.step, large.stepOnCpu)}`);
  else
    lines.push(
      '  the larger network was left out: the small one is more than 10 times slower than on the CPU',
    );
  if (!isCpu) {
    const nodes = Object.entries(onCpu).map(([op, count]) => `${op} (${count})`);
    lines.push(
      `  largest difference from the CPU: ${difference.toExponential(1)} of an output's largest number`,
    );
    lines.push(`  nodes left to the CPU: ${nodes.length === 0 ? 'none' : nodes.join(', ')}`);
  }
  if (half)
    lines.push(
      half.works
        ? `  float16: small network's training step ${time(half.step)} (float32 ${time(small.step)}), within ${half.difference.toExponential(1)} of float32`
        : `  float16: no, ${half.reason}`,
    );
  return `${lines.join('\n')}\n`;
}

function engineText({ node, platform, cpu, engines }: Diagnosis): string {
  const lines = [`Node ${node} on ${platform}; ${cpu}`];
  for (const { name, version, note } of engines)
    lines.push(`${name}: ${version ?? 'not installed'}${note === undefined ? '' : `. ${note}`}`);
  return `${lines.join('\n')}\n`;
}

function time(milliseconds: number): string {
  return `${milliseconds < 10 ? milliseconds.toFixed(1) : Math.round(milliseconds)} ms`;
}
