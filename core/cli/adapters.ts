import type { Command } from 'commander';
import { type Finish, newCommand } from './arguments/command.ts';
import type { Io } from './output/io.ts';

/** `marnet-wrap adapters` */
export function adaptersCommand(io: Io, _finish: Finish): Command {
  return newCommand(io, 'adapters', 'Lists the adapters, where each is from and what it supplies.', [
    'marnet-wrap adapters',
    'marnet-wrap adapters --adapter ./house.adapter.ts',
    'marnet-wrap adapters --json',
  ])
    .option('--json', 'print one JSON object')
    .action(async ({ json }: { readonly json?: boolean }) => {
      const { listAdapters } = await import('../wrap/adapters.ts');
      const adapters = listAdapters();
      if (json) {
        io.out(`${JSON.stringify({ adapters })}\n`);
        return;
      }
      for (const { name, origin, kind, specificity, supplies, about } of adapters) {
        const what = kind === 'backbone' ? `specificity ${specificity}` : kind;
        io.out(`${name} (${origin}; ${what}): ${about ?? 'nothing said'}\n`);
        if (supplies.length > 0) io.out(`  supplies ${supplies.join(', ')}\n`);
      }
    });
}
