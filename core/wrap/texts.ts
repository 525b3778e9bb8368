import type { Dataset } from '../data/index.ts';
import { buildVocabulary, encodeBags } from '../data/text.ts';
import type { Texts } from '../train/index.ts';

/** The dataset's texts over a vocabulary of the training rows' own: no other row's text is ever looked at. */
export function textsOf(dataset: Dataset, trainRows: readonly number[]): Texts {
  const texts = dataset.samples.map((sample) => (sample.split === 'train' ? sample.text : undefined));
  const vocabulary = buildVocabulary(trainRows.map((i) => texts[i]));
  const bags = encodeBags(vocabulary, texts);
  return {
    vocabulary: vocabulary.features.length,
    row: (i) => {
      const { indices, weights } = bags[i]!;
      return indices.length > 0 ? { ids: indices, weights } : undefined;
    },
  };
}
