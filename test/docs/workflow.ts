import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** A workflow of GitHub Actions in a document. */
export interface Workflow {
  /** Document and line. */
  readonly where: string;
  /** What is wrong with it, as GitHub would say. */
  readonly problems: readonly string[];
  readonly steps: readonly Step[];
}

/** A command that a shell is given, or an action with what it is told. */
export interface Step {
  readonly run?: string;
  readonly uses?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

/** Those of all documents, read by a process of its own: GitHub's parser imports JSON in a way that vitest does not take. */
export function documentedWorkflows(): readonly Workflow[] {
  const reader = join(import.meta.dirname, 'read-workflows.ts');
  return JSON.parse(execFileSync(process.execPath, ['--import', 'tsx', reader], { encoding: 'utf8' }));
}
