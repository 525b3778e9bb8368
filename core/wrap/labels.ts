import { MarnetError } from '../errors.ts';
import type { LabelPlan } from './events.ts';

export interface LabelDecision {
  readonly plan: LabelPlan;
  readonly reason: string;
}

export interface LabelEvidence {
  readonly wish: 'auto' | 'keep' | 'new';
  /** Class names of the model, in the order of its logits, when they are known. */
  readonly modelLabels: readonly string[] | undefined;
  /** C of the model. */
  readonly modelClasses: number;
  readonly dataClasses: readonly string[];
  /** Share of the training images that the model puts in the class of the same number; asked for only when needed. */
  readonly accuracy: () => { readonly top1: number; readonly images: number };
}

/**
 * Refuses class names that cannot be the model's, as they would be of no use.
 * @param labels that the user gives. @param classes C of the model.
 * @throws MarnetError 'usage' with both numbers.
 */
export function checkLabelCount(labels: readonly string[] | undefined, classes: number): void {
  if (labels === undefined || labels.length === classes) return;
  const names = labels.length === 1 ? '1 class name is' : `${labels.length} class names are`;
  throw new MarnetError('usage', `${names} given for the model, which has ${classes}`, {
    hint: 'Give --labels one name for each class of the model, in the order of its logits, or leave it out.',
  });
}

/**
 * Whether the model's own classes are the data's. By name where the model carries names; else, when there are equally
 * many, by whether its predictions agree with the data's labels far more often than chance would.
 * @throws MarnetError 'usage' when the classes are to be kept and cannot be.
 */
export function decideLabels(evidence: LabelEvidence): LabelDecision {
  const { wish, modelLabels, modelClasses, dataClasses } = evidence;
  const known = modelLabels?.length === modelClasses ? modelLabels : undefined;
  const same =
    known !== undefined &&
    known.length === dataClasses.length &&
    known.every((label, i) => label === dataClasses[i]);
  if (wish === 'new') return { plan: 'new', reason: 'as asked' };
  if (same) return { plan: 'kept', reason: "the data's classes are the model's own" };
  if (wish === 'keep') {
    if (known) throw unknownLabels(dataClasses, known);
    if (dataClasses.length !== modelClasses) throw otherCount(dataClasses.length, modelClasses);
    return { plan: 'kept', reason: 'as asked, in the order of their names' };
  }
  if (known) {
    const foreign = dataClasses.filter((label) => !known.includes(label));
    return { plan: 'new', reason: `the model does not know ${listed(foreign)}` };
  }
  if (dataClasses.length !== modelClasses) {
    return { plan: 'new', reason: `the model has ${modelClasses} classes, the data ${dataClasses.length}` };
  }
  const { top1, images } = evidence.accuracy();
  const chance = 1 / modelClasses;
  const beyondChance = chance + 3 * Math.sqrt((chance * (1 - chance)) / Math.max(images, 1));
  const percent = `${(100 * top1).toFixed(1)} %`;
  return top1 > Math.max(beyondChance, 1.5 * chance)
    ? {
        plan: 'kept',
        reason: `the model carries no class names, but already gives ${percent} of the images the class of the same number`,
      }
    : {
        plan: 'new',
        reason: `the model carries no class names, and gives only ${percent} of the images the class of the same number`,
      };
}

function listed(labels: readonly string[]): string {
  const shown = labels.slice(0, 3).map((label) => `"${label}"`);
  return labels.length > 3 ? `${shown.join(', ')} and ${labels.length - 3} more` : shown.join(' and ');
}

function unknownLabels(data: readonly string[], model: readonly string[]): MarnetError {
  const foreign = data.filter((label) => !model.includes(label));
  return new MarnetError('usage', `the model's classes cannot be kept: it does not know ${listed(foreign)}`, {
    hint: 'Rename the classes of the data, or train a new classifier layer with --classes new.',
  });
}

function otherCount(data: number, model: number): MarnetError {
  return new MarnetError('usage', `the model's classes cannot be kept: it has ${model}, the data ${data}`, {
    hint: "Give the model's class names with --labels, or train a new classifier layer with --classes new.",
  });
}
