/**
 * The compatibility matrix over all fixtures, and docs/compatibility.md of it.
 *
 * usage: npm run matrix [-- [--check] [--kept FILE] [--seconds N] [NAME...]]
 * --kept: rows are kept in FILE, one JSON object a line, and not tried again: the work can be done in pieces of N seconds;
 * the document lists what is not tried yet.
 * Without names, the document is written; with --check it is compared instead: exits with 1 when a cell got worse, when a
 * cell fails that no case file foresees, or when the document is of other fixtures. With names, these are tried and printed.
 */
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { onnxChecker } from '../core/wrap/matrix/checker.ts';
import { MATRIX_STAGES, matrixRow } from '../core/wrap/matrix/matrix.ts';
import { type JudgedRow, matrixTable } from '../core/wrap/matrix/table.ts';
import {
  allArchitectures,
  allFixtures,
  type Expected,
  expectationsOf,
  type Fixture,
} from '../fixtures/index.ts';

export const COMPATIBILITY_FILE = join(import.meta.dirname, '../docs/compatibility.md');

interface Case {
  readonly name: string;
  readonly group: 'architectures' | 'forms';
  readonly fixture: Fixture;
  readonly expected: Expected;
}

export async function matrixCases(): Promise<readonly Case[]> {
  const cases = (group: Case['group'], fixtures: ReadonlyMap<string, Fixture>): Case[] =>
    [...fixtures].map(([name, fixture]) => ({ name, group, fixture, expected: expectationsOf(fixture) }));
  return [...cases('architectures', await allArchitectures()), ...cases('forms', await allFixtures())];
}

/** Tries one case. A failure that its case file foresees is told by its reason; a foreseen one that did not come is one too. */
async function judge({ name, fixture, expected }: Case, folder: string): Promise<JudgedRow> {
  const files = fixture.build();
  const place = join(folder, 'model');
  rmSync(place, { recursive: true, force: true });
  mkdirSync(place);
  for (const [file, content] of Object.entries(files)) writeFileSync(join(place, file), content);
  const checker = onnxChecker((process.env.MARNET_ONNX_PYTHONS ?? 'python3').split(':'));
  const from = join(place, 'model.json' in files ? 'model.json' : 'model.onnx');
  const row = await matrixRow(name, from, { folder, checker });
  const reasons: Record<string, string> = {};
  const cells = { ...row.cells };
  for (const stage of MATRIX_STAGES) {
    const foreseen = expected.errors[stage];
    const { result, note } = cells[stage];
    if (!foreseen) continue;
    if (result === 'no' && note.includes(foreseen.message)) reasons[stage] = foreseen.why;
    else if (result === 'yes')
      cells[stage] = { result: 'no', note: `works, though "${foreseen.message}" is foreseen` };
  }
  return { ...row, cells, reasons };
}

const INTRODUCTION = `# Compatibility

<!-- Written by \`npm run matrix\`; do not edit. -->

Every fixture by everything that this program does with a model, on the CPU with onnxruntime: reading it (*import*), finding
the feature layer (*locate*), training the heads on frozen features, every weight, and low-rank updates (*frozen*, *full*,
*lora*: the loss falls), writing the merged model and reading it again (*onnx*), as TensorFlow.js (*tfjs*: the same scores),
comparing it with what was trained (*parity*: the same best class on every image held out), inputs and outputs as before
(*drop-in*), and ONNX's own checker (*checker*). \`marnet-wrap matrix MODEL…\` does the same with your own models.

Architectures are graphs as exporters write them, made narrow, with weights drawn; forms are variants of a small classifier.
`;

function page(rows: readonly JudgedRow[], cases: readonly Case[]): string {
  const groupOf = new Map(cases.map(({ name, group }) => [name, group]));
  const descriptions = new Map(cases.map(({ name, fixture }) => [name, fixture.description]));
  const section = (heading: string, group: Case['group']): string =>
    `## ${heading}\n\n${matrixTable(rows.filter(({ model }) => groupOf.get(model) === group))}\n`;
  const reasons = rows.flatMap((row) =>
    Object.entries(row.reasons).map(
      ([stage, why]) => `- **${row.model}**, ${stage}: ${why} (${descriptions.get(row.model)})`,
    ),
  );
  const untried = cases
    .filter(({ name }) => !rows.some(({ model }) => model === name))
    .map(({ name }) => name);
  const rest = untried.length > 0 ? `\n## Not tried yet\n\n${untried.join(', ')}.\n` : '';
  return `${INTRODUCTION}\n${section('Architectures', 'architectures')}\n${section('Forms', 'forms')}\n## What is refused, and why\n\n${reasons.join('\n')}\n${rest}`;
}

/** Cells by model, as the document has them. */
function cellsIn(text: string): Map<string, string[]> {
  const rows = [...text.matchAll(/^\| (?!Model|---)(.+) \|$/gm)].map((match) => match[1]!.split(' | '));
  return new Map(rows.map(([name, , ...cells]) => [name!, cells]));
}

const RANK: Readonly<Record<string, number>> = { '**no**': 0, refused: 1, '–': 2, yes: 3 };

/** What is wrong with the document beside what was found; what could not be tried here is no fault of it. */
function differences(document: string, found: string): string[] {
  const [before, now] = [cellsIn(document), cellsIn(found)];
  const wrong: string[] = [];
  for (const name of new Set([...before.keys(), ...now.keys()])) {
    const [old, fresh] = [before.get(name), now.get(name)];
    if (!old || !fresh) wrong.push(`${name}: ${old ? 'is no fixture any more' : 'is not in the document'}`);
    else
      for (const [i, stage] of MATRIX_STAGES.entries()) {
        if (old[i] === fresh[i] || (stage === 'checker' && [old[i], fresh[i]].includes('–'))) continue;
        const worse = RANK[fresh[i]!]! < RANK[old[i]!]!;
        wrong.push(`${name}, ${stage}: ${old[i]} became ${fresh[i]}${worse ? ', which is worse' : ''}`);
      }
  }
  return wrong;
}

function keptRows(file: string | undefined): JudgedRow[] {
  if (file === undefined || !existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean);
  return lines.map((line) => JSON.parse(line) as JudgedRow);
}

async function main(words: readonly string[]): Promise<void> {
  const check = words.includes('--check');
  const optionOf = (flag: string): string | undefined =>
    words.includes(flag) ? words[words.indexOf(flag) + 1] : undefined;
  const kept = optionOf('--kept');
  const seconds = Number(optionOf('--seconds') ?? Number.POSITIVE_INFINITY);
  const names = words.filter(
    (word, i) => !word.startsWith('--') && !/^--(kept|seconds)$/.test(words[i - 1] ?? ''),
  );
  const done = new Map(keptRows(kept).map((row) => [row.model, row]));
  const all = await matrixCases();
  const cases = names.length > 0 ? all.filter(({ name }) => names.includes(name)) : all;
  const folder = mkdtempSync(join(tmpdir(), 'marnet-matrix-'));
  const rows: JudgedRow[] = [];
  const began = performance.now();
  try {
    for (const each of cases) {
      const before = done.get(each.name);
      if (!before && performance.now() - began > 1000 * seconds) {
        process.exitCode = 2; // the rest is left to the next run
        continue;
      }
      const row = before ?? (await judge(each, folder));
      rows.push(row);
      if (before) continue;
      if (kept !== undefined) appendFileSync(kept, `${JSON.stringify(row)}\n`);
      const failed = MATRIX_STAGES.filter((stage) => row.cells[stage].result === 'no');
      const notes = failed.map(
        (stage) => `\n  ${row.reasons[stage] ? 'refused' : 'NO'} ${stage}: ${row.cells[stage].note}`,
      );
      console.log(`${row.model} (${row.seconds.toFixed(1)} s)${notes.join('')}`);
      if (failed.some((stage) => !row.reasons[stage])) process.exitCode = 1;
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  console.log(`${rows.length} models in ${((performance.now() - began) / 1000).toFixed(0)} s`);
  if (names.length > 0) return;
  const text = page(rows, all);
  if (!check) writeFileSync(COMPATIBILITY_FILE, text);
  else
    for (const line of differences(readFileSync(COMPATIBILITY_FILE, 'utf8'), text)) {
      console.error(`docs/compatibility.md: ${line}; run npm run matrix`);
      process.exitCode = 1;
    }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main(process.argv.slice(2));
