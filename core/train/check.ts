import { MarnetError } from '../errors.ts';
import type { TrainingJob } from './job.ts';

/** @throws MarnetError 'data' or 'internal' when the parts of a job do not fit each other. */
export function checkJob(job: TrainingJob): void {
  const { source, labels, classes, trainIndices, holdoutIndices, base, heads } = job;
  if (trainIndices.length === 0)
    throw new MarnetError('data', 'there are no training images', {
      hint: 'Add images, or hold fewer of them out.',
    });
  for (const i of [...trainIndices, ...holdoutIndices]) {
    const label = labels[i];
    if (label === undefined || label < 0 || label >= classes)
      throw new MarnetError('internal', `image ${i} has class ${label}, not one of ${classes}`);
  }
  const logits = source.kind === 'features' ? source.baseLogits : source.logits;
  if (base !== 'new' && logits === undefined)
    throw new MarnetError('internal', `base "${base}" needs the original classifier's logits`);
  if (source.kind === 'features') {
    if (source.features.length !== labels.length * source.width)
      throw new MarnetError(
        'internal',
        `${source.features.length} feature elements for ${labels.length} images of width ${source.width}`,
      );
    for (const view of source.views ?? [])
      if (view.features.length !== trainIndices.length * source.width)
        throw new MarnetError(
          'internal',
          `${view.features.length} feature elements in a view of ${trainIndices.length} images of width ${source.width}`,
        );
    if (base === 'given' && !heads.ema && !heads.cdr)
      throw new MarnetError(
        'usage',
        'with a frozen backbone, both heads off and the classifier kept, nothing is left to train',
        {
          hint: 'Leave a head on, or train the classifier.',
        },
      );
  }
}
