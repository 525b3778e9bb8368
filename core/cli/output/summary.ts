import { tableText } from '../../report/index.ts';
import type { HoldoutScore, WrapResult } from '../../wrap/result.ts';
import { shellLine } from '../arguments/quote.ts';
import { conversionLine, verificationLine } from './describe.ts';
import type { Io } from './io.ts';
import { count, duration, percent } from './numbers.ts';

/** What the job started from, as it was typed. */
export interface Started {
  readonly model: string;
  readonly data: string;
}

/** The end of the main job: the comparison, the proof, where things are, and what to run next. */
export function summaryText(io: Io, result: WrapResult, { model, data }: Started): string {
  const { scores, images, path, runFolder, verification, conversion } = result;
  const ways: [string, HoldoutScore | undefined][] = [
    ['base', scores.base],
    ['plain fine-tuning', scores.plain],
    ['MARNet', scores.merged],
  ];
  const measured = ways.filter((way): way is [string, HoldoutScore] => way[1] !== undefined);
  const withTop5 = measured.some(([, score]) => score.top5 !== undefined);
  const table = tableText(
    ['', 'top-1', ...(withTop5 ? ['top-5'] : []), 'macro-F1'],
    measured.map(([name, { top1, top5, macroF1 }]) => [
      name,
      percent(top1),
      ...(withTop5 ? [top5 === undefined ? '-' : percent(top5)] : []),
      percent(macroF1),
    ]),
    { terminal: io.colours.out },
  );
  const notes = [
    `On ${count(images.holdout, 'image')} held out from training; epoch ${result.best.epoch} of ${result.epochs} was kept.`,
  ];
  if (images.skipped.length > 0) notes.push(skippedText(result));
  // With the classes replaced, the base's own answers name other things.
  if (!scores.base) notes.push("The base model's own classes are not the data's, so it has no row.");
  const next = [
    ['marnet-wrap', 'inspect', path],
    [
      'marnet-wrap',
      'eval',
      path,
      '--data',
      data,
      '--split',
      'holdout',
      ...(scores.base ? ['--base', model] : []),
    ],
    ['marnet-wrap', 'predict', path, 'IMAGE'],
  ];
  return [
    '',
    table,
    ...notes,
    verificationLine(verification),
    ...(conversion ? [conversionLine(conversion)] : []),
    '',
    `Merged model: ${path}`,
    `Run folder:   ${runFolder}`,
    `Took ${duration(result.seconds)}. Next:`,
    ...next.map((words) => `  ${shellLine(words)}`),
    '',
  ].join('\n');
}

function skippedText({ images }: WrapResult): string {
  const shown = images.skipped.slice(0, 5).map(({ id, reason }) => `\n  ${id}: ${reason}`);
  const more = images.skipped.length > 5 ? `\n  and ${images.skipped.length - 5} more` : '';
  return `${count(images.skipped.length, 'image')} left out because they could not be decoded:${shown.join('')}${more}`;
}
