/**
 * Prints the workflows of GitHub Actions in the documents as a JSON list, with what GitHub's own parser says of them;
 * with `--commands`, only the commands of their steps, as a script.
 */
import { convertWorkflowTemplate, NoOperationTraceWriter, parseWorkflow } from '@actions/workflow-parser';
import { parse } from 'yaml';
import { blocksOf, DOCUMENTS } from './markdown.ts';
import type { Step, Workflow } from './workflow.ts';

async function readWorkflow(where: string, content: string): Promise<Workflow> {
  const { context, value } = parseWorkflow({ name: where, content }, new NoOperationTraceWriter());
  if (value) await convertWorkflowTemplate(context, value);
  const { jobs } = parse(content) as { jobs: Readonly<Record<string, { readonly steps: readonly Step[] }>> };
  return {
    where,
    problems: context.errors.getErrors().map(({ message }) => message),
    steps: Object.values(jobs).flatMap(({ steps }) => steps),
  };
}

const blocks = DOCUMENTS.flatMap((document) =>
  blocksOf(document)
    .filter(({ language }) => language === 'yaml')
    .map(({ line, code }) => [`${document.path}:${line}`, code] as const),
);
const workflows = await Promise.all(blocks.map(([where, code]) => readWorkflow(where, code)));
const commands = workflows.flatMap(({ steps }) => steps.flatMap(({ run }) => run ?? []));
process.stdout.write(
  process.argv.includes('--commands')
    ? commands.map((command) => `${command}\n`).join('')
    : JSON.stringify(workflows),
);
