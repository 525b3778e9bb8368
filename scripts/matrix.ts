/**
 * The compatibility matrix over all fixtures: docs/compatibility.md and the table in README.md.
 *
 * usage: npm run matrix [-- [--check] [--jobs N] [--elsewhere NAMES] [--few] [--kept FILE] [NAME...]]
 * Without names, both are written; with --check they are compared instead: exits with 1 when a cell got worse, when a cell
 * fails that no case file foresees, or when a document is not of these fixtures. With names, these are tried and printed.
 * --jobs: processes at once; one a core unless told. --elsewhere: devices and engines to try beside onnxruntime on the CPU,
 * of tfjs and webgpu, separated by commas; those that are present unless told. --few: on these, a few models alone. What is
 * not tried is no fault of a document.
 * --kept: rows are kept in FILE, one JSON object a line, and not tried again, so that the work can be broken off.
 */
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { MATRIX_STAGES, TRAINED_STAGES } from '../core/wrap/matrix/matrix.ts';
import { absenceOf } from '../core/wrap/matrix/runner.ts';
import type { JudgedRow } from '../core/wrap/matrix/table.ts';
import { useSoftwareVulkan } from '../test/runtime/device/vulkan.ts';
import { ELSEWHERE, foreseenElsewhere, matrixCases, runnersFor } from './matrix/cases.ts';
import { COMPATIBILITY_FILE, differences, page, README_FILE, readmeWith } from './matrix/page.ts';
import { tryAll } from './matrix/workers.ts';

/** Names in `ELSEWHERE` of what is present on this machine; what is not is printed. */
async function presentRunners(wanted: readonly string[]): Promise<readonly string[]> {
  useSoftwareVulkan();
  const present: string[] = [];
  for (const [title, { runner }] of Object.entries(ELSEWHERE)) {
    if (!wanted.includes(title)) continue;
    const absence = await absenceOf(runner);
    if (absence === undefined) present.push(title);
    else console.log(`not tried: ${title}, ${absence}`);
  }
  return present;
}

function keptRows(file: string): JudgedRow[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean);
  return lines.map((line) => JSON.parse(line) as JudgedRow);
}

/** Prints a row. @returns whether it has a failure that its case file does not foresee. */
function tell(row: JudgedRow): boolean {
  const failed = MATRIX_STAGES.filter((stage) => row.cells[stage].result === 'no');
  const notes = failed.map(
    (stage) => `\n  ${row.reasons[stage] ? 'refused' : 'NO'} ${stage}: ${row.cells[stage].note}`,
  );
  const others = Object.entries(row.elsewhere).flatMap(([title, cells]) =>
    TRAINED_STAGES.filter(
      (stage) => cells[stage].result === 'no' && !foreseenElsewhere(row, title, stage),
    ).map((stage) => `\n  NO ${stage} on ${title}: ${cells[stage].note}`),
  );
  console.log(`${row.model} (${row.seconds.toFixed(1)} s)${notes.join('')}${others.join('')}`);
  return others.length > 0 || failed.some((stage) => !row.reasons[stage]);
}

async function main(words: readonly string[]): Promise<void> {
  const { values, positionals: names } = parseArgs({
    args: [...words],
    allowPositionals: true,
    options: {
      check: { type: 'boolean', default: false },
      jobs: { type: 'string', default: String(availableParallelism()) },
      elsewhere: { type: 'string', default: Object.keys(ELSEWHERE).join() },
      few: { type: 'boolean', default: false },
      kept: { type: 'string' },
    },
  });
  const { check, kept } = values;
  const all = await matrixCases();
  const cases = names.length > 0 ? all.filter(({ name }) => names.includes(name)) : all;
  const runners = await presentRunners(values.elsewhere.split(','));
  const rows: JudgedRow[] = (kept === undefined ? [] : keptRows(kept)).filter(({ model }) =>
    cases.some(({ name }) => name === model),
  );
  const began = performance.now();
  // What takes longest comes first, so that no process waits for another's last row.
  const orders = cases
    .filter(({ name }) => !rows.some(({ model }) => model === name))
    .map(({ name }) => ({ name, runners: runnersFor(name, runners, values.few) }))
    .sort((a, b) => b.runners.length - a.runners.length);
  await tryAll(orders, Number(values.jobs), (row) => {
    rows.push(row);
    if (kept !== undefined) appendFileSync(kept, `${JSON.stringify(row)}\n`);
    if (tell(row)) process.exitCode = 1;
  });
  console.log(`${rows.length} models in ${((performance.now() - began) / 1000).toFixed(0)} s`);
  if (names.length > 0) return;
  const readme = readFileSync(README_FILE, 'utf8');
  const table = readmeWith(readme, rows, all);
  const text = page(rows, all);
  if (!check) {
    writeFileSync(COMPATIBILITY_FILE, text);
    writeFileSync(README_FILE, table);
    return;
  }
  const wrong = differences(readFileSync(COMPATIBILITY_FILE, 'utf8'), text).map(
    (line) => `docs/compatibility.md: ${line}`,
  );
  if (table !== readme) wrong.push('README.md: its table of families is not of this matrix');
  for (const line of wrong) {
    console.error(`${line}; run npm run matrix`);
    process.exitCode = 1;
  }
}

await main(process.argv.slice(2));
