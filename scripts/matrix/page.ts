/** The matrix as docs/compatibility.md and the table in README.md, and what differs between one and another. */
import { join } from 'node:path';
import { MATRIX_STAGES, TRAINED_STAGES } from '../../core/wrap/matrix/matrix.ts';
import { cellText, type JudgedRow, matrixTable, tableOf } from '../../core/wrap/matrix/table.ts';
import { type Case, ELSEWHERE, foreseenElsewhere } from './cases.ts';

const ROOT = join(import.meta.dirname, '../..');
export const COMPATIBILITY_FILE = join(ROOT, 'docs/compatibility.md');
export const README_FILE = join(ROOT, 'README.md');

const INTRODUCTION = `# Compatibility

<!-- Written by \`npm run matrix\`; do not edit. -->

Every fixture by everything that this program does with a model, on the CPU with onnxruntime: reading it (*import*), finding
the feature layer (*locate*), training the heads on frozen features, every weight, and low-rank updates (*frozen*, *full*,
*lora*: the loss falls), writing the merged model and reading it again (*onnx*), as TensorFlow.js (*tfjs*: the same scores),
comparing it with what was trained (*parity*: the same best class on every image held out), inputs and outputs as before
(*drop-in*), and ONNX's own checker (*checker*). \`marnet-wrap matrix MODEL…\` does the same with your own models.

Architectures are graphs as exporters write them, made narrow, with weights drawn; forms are variants of a small classifier.
*refused*: an error that says what to do, as it should be; –: not tried. The reasons for both are below the tables.
`;

const OTHER_RUNNERS = `## Other devices and engines

Training by the TensorFlow.js engine (*tfjs*, in WebAssembly) and on WebGPU (*webgpu*), there by a software driver (Mesa's
lavapipe), in about a minute each. [devices.md](devices.md) says what was run on which.
`;

const SUMMARY = ['import', 'frozen', 'full', 'lora', 'onnx', 'tfjs'] as const;

/** docs/compatibility.md */
export function page(rows: readonly JudgedRow[], cases: readonly Case[]): string {
  const of = (group: Case['group']): readonly JudgedRow[] =>
    rowsInOrder(
      rows,
      cases.filter((each) => each.group === group),
    );
  const sections = [
    INTRODUCTION,
    `## Architectures\n\n${matrixTable(of('architectures'))}\n`,
    `## Other classifiers\n\n${matrixTable(of('classifiers'))}\n`,
    `## Forms\n\n${matrixTable(of('forms'))}\n`,
    `${OTHER_RUNNERS}\n${elsewhereTable(rowsInOrder(rows, cases))}\n`,
    `## What is refused or not tried, and why\n\n${reasonsOf(rowsInOrder(rows, cases), cases)}\n`,
  ];
  return sections.join('\n');
}

const rowsInOrder = (rows: readonly JudgedRow[], cases: readonly Case[]): readonly JudgedRow[] =>
  cases.flatMap(({ name }) => rows.find(({ model }) => model === name) ?? []);

function elsewhereTable(rows: readonly JudgedRow[]): string {
  // What this machine lacks has no column; tfjs is the first, so that its columns stay where they are.
  const titles = Object.keys(ELSEWHERE).filter((title) => rows.some((row) => row.elsewhere[title]));
  const tried = rows.filter(({ elsewhere }) => Object.keys(elsewhere).length > 0);
  return tableOf(
    ['Model', ...titles.flatMap((title) => TRAINED_STAGES.map((stage) => `${title}, ${stage}`))],
    tried.map((row) => [
      row.model,
      ...titles.flatMap((title) =>
        TRAINED_STAGES.map((stage) =>
          cellText(row.elsewhere[title]?.[stage], foreseenElsewhere(row, title, stage)),
        ),
      ),
    ]),
  );
}

function reasonsOf(rows: readonly JudgedRow[], cases: readonly Case[]): string {
  const descriptions = new Map(cases.map(({ name, fixture }) => [name, fixture.description]));
  const lines = rows.flatMap((row) => {
    const skipped = MATRIX_STAGES.filter(
      (stage) => row.cells[stage].result === 'skipped' && !Object.keys(row.reasons).some(isBefore(stage)),
    );
    const whys = new Map<string, string[]>();
    const add = (why: string, stage: string): unknown => whys.set(why, [...(whys.get(why) ?? []), stage]);
    for (const [stage, why] of Object.entries(row.reasons)) add(why, stage);
    for (const stage of skipped) add(row.cells[stage].note, stage);
    return [...whys].map(
      ([why, stages]) => `- **${row.model}**, ${stages.join(', ')}: ${why} (${descriptions.get(row.model)})`,
    );
  });
  return lines.join('\n');
}

/** Stages before which a failure leaves others untried. */
const isBefore =
  (stage: string) =>
  (failed: string): boolean =>
    ['import', 'locate', 'frozen', 'onnx'].includes(failed) && failed !== stage;

const BEGIN = '<!-- Compatibility, written by `npm run matrix`; do not edit. -->';
const END = '<!-- End of compatibility. -->';

/** README.md with its table of families renewed. */
export function readmeWith(text: string, rows: readonly JudgedRow[], cases: readonly Case[]): string {
  const [from, to] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (from < 0 || to < from) throw new Error(`README.md has no lines "${BEGIN}" and "${END}"`);
  return `${text.slice(0, from)}${BEGIN}\n\n${familyTable(rows, cases)}\n\n${text.slice(to)}`;
}

/** A line a family: how many of its models each stage works with. */
function familyTable(rows: readonly JudgedRow[], cases: readonly Case[]): string {
  const families = new Map<string, JudgedRow[]>();
  for (const { name, group, expected } of cases) {
    const row = rows.find(({ model }) => model === name);
    const family =
      group === 'forms'
        ? 'a small net in many forms'
        : name.startsWith('skl2onnx')
          ? 'scikit-learn'
          : (expected.family ?? expected.adapter);
    if (row) families.set(family, [...(families.get(family) ?? []), row]);
  }
  const lines = [...families].map(([family, members]) => [
    family,
    String(members.length),
    ...SUMMARY.map((stage) => {
      const working = members.filter(({ cells }) => cells[stage].result === 'yes').length;
      return working === members.length ? 'yes' : `${working} of ${members.length}`;
    }),
  ]);
  return tableOf(['Family', 'Fixtures', ...SUMMARY], lines);
}

const RANK: Readonly<Record<string, number>> = { '**no**': 0, refused: 1, '–': 2, yes: 3 };

/** Cells by model, as a document has them. */
function cellsIn(text: string): Map<string, string[]> {
  const rows = [...text.matchAll(/^\| (?!Model|Family|---)(.+) \|$/gm)].map((m) => m[1]!.split(' | '));
  const cells = new Map<string, string[]>();
  // A model of two tables has the cells of both.
  for (const [name, ...more] of rows) cells.set(name!, [...(cells.get(name!) ?? []), ...more]);
  return cells;
}

/** What is wrong with the document beside what was found; what could not be tried here ('–') is no fault of it. */
export function differences(document: string, found: string): string[] {
  const [before, now] = [cellsIn(document), cellsIn(found)];
  const wrong: string[] = [];
  for (const name of new Set([...before.keys(), ...now.keys()])) {
    const [old, fresh] = [before.get(name), now.get(name)];
    if (!old || !fresh) wrong.push(`${name}: ${old ? 'is no fixture any more' : 'is not in the document'}`);
    else
      for (const [i, cell] of fresh.entries()) {
        if (old[i] === cell || cell === '–') continue;
        const worse = RANK[cell]! < RANK[old[i]!]!;
        wrong.push(`${name}, column ${i + 2}: ${old[i]} became ${cell}${worse ? ', which is worse' : ''}`);
      }
  }
  return wrong;
}
