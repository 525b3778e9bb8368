/** What the matrix is of, and what a row comes to. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onnxChecker } from '../../core/wrap/matrix/checker.ts';
import { MATRIX_STAGES, matrixRow, type TrainedStage } from '../../core/wrap/matrix/matrix.ts';
import type { Runner } from '../../core/wrap/matrix/runner.ts';
import type { JudgedRow } from '../../core/wrap/matrix/table.ts';
import {
  allArchitectures,
  allClassifiers,
  allFixtures,
  type Expected,
  expectationsOf,
  type Fixture,
} from '../../fixtures/index.ts';

export interface Case {
  readonly name: string;
  readonly group: 'architectures' | 'classifiers' | 'forms';
  readonly fixture: Fixture;
  readonly expected: Expected;
}

/** Devices and engines other than onnxruntime on the CPU. */
export const ELSEWHERE: Readonly<
  Record<string, { readonly runner: Runner; readonly few: readonly string[] }>
> = {
  tfjs: {
    runner: { engine: 'tfjs', device: 'cpu' },
    few: ['resnet18-torch1', 'mobilenet-v2-keras-tfjs', 'squeezenet1-1-torch1', 'vit-torch2', 'opset-17'],
  },
  webgpu: {
    runner: { engine: 'onnxruntime', device: 'webgpu' },
    // A software driver takes about a minute for each of them, or several.
    few: [],
  },
};

/** Names in `ELSEWHERE` of what is to try this case, among `runners`. @param few those that a quick check takes alone. */
export function runnersFor(name: string, runners: readonly string[], few: boolean): readonly string[] {
  return runners.filter((title) => !few || ELSEWHERE[title]!.few.includes(name));
}

/** Why a stage is foreseen to fail there: as on the CPU, or because the engine needs every op in its own format. */
export function foreseenElsewhere(
  { reasons }: JudgedRow,
  title: string,
  stage: TrainedStage,
): string | undefined {
  return reasons[stage] ?? (title === 'tfjs' ? reasons.tfjs : undefined);
}

export async function matrixCases(): Promise<readonly Case[]> {
  const cases = (group: Case['group'], fixtures: ReadonlyMap<string, Fixture>): Case[] =>
    [...fixtures].map(([name, fixture]) => ({ name, group, fixture, expected: expectationsOf(fixture) }));
  return [
    ...cases('architectures', await allArchitectures()),
    ...cases('classifiers', await allClassifiers()),
    ...cases('forms', await allFixtures()),
  ];
}

/**
 * Tries one case. A failure that its case file foresees is told by its reason; a foreseen one that did not come is one too.
 * @param runners names in `ELSEWHERE` of what is to try it beside onnxruntime on the CPU.
 */
export async function judge(
  { name, fixture, expected }: Case,
  folder: string,
  runners: readonly string[],
): Promise<JudgedRow> {
  const files = fixture.build();
  const place = join(folder, 'model');
  rmSync(place, { recursive: true, force: true });
  mkdirSync(place);
  for (const [file, content] of Object.entries(files)) writeFileSync(join(place, file), content);
  const checker = onnxChecker((process.env.MARNET_ONNX_PYTHONS ?? 'python3').split(':'));
  const from = join(place, 'model.json' in files ? 'model.json' : 'model.onnx');
  const row = await matrixRow(name, from, {
    folder,
    checker,
    runners: runners.map((title) => ELSEWHERE[title]!.runner),
  });
  const reasons: Record<string, string> = {};
  const cells = { ...row.cells };
  if (cells.locate.result === 'yes' && row.adapter !== expected.adapter)
    cells.locate = { result: 'no', note: `the adapter is ${row.adapter}, not ${expected.adapter}` };
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
