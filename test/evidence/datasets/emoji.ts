import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { npmPackage } from '../packages.ts';
import { type EvidenceDataset, type EvidenceImage, groupBy, splitClass } from './dataset.ts';

/** Emoji a class has at least. */
const FEWEST = 10;

interface Entry {
  readonly unified: string;
  readonly image: string;
  readonly name: string;
  readonly subcategory: string;
}

/**
 * Emoji in three drawing styles with keywords. Two styles are trained on; the test is in the third one, which no training
 * saw, and of emoji that no training saw either.
 */
export function emoji(cache: string): EvidenceDataset {
  const styles = ['google', 'twitter'].map((style) => ({
    style,
    root: npmPackage(cache, `emoji-datasource-${style}@16.0.0`),
  }));
  const third = npmPackage(cache, '@lobehub/fluent-emoji-3d@1.1.0');
  const keywords = keywordsOf(npmPackage(cache, 'emojibase-data@17.0.0'));
  const entries = (JSON.parse(readFileSync(join(styles[0]!.root, 'emoji.json'), 'utf8')) as Entry[]).filter(
    ({ unified, image }) =>
      files(image).every(({ file }) => existsSync(file)) && existsSync(testFile(unified)),
  );
  function files(image: string): { readonly style: string; readonly file: string }[] {
    return styles.map(({ style, root }) => ({ style, file: join(root, 'img', style, '64', image) }));
  }
  function testFile(unified: string): string {
    return join(third, 'assets', `${unified.toLowerCase()}.webp`);
  }
  const images: EvidenceImage[] = [];
  for (const [label, members] of groupBy(entries, ({ subcategory }) => subcategory)) {
    if (members.length < FEWEST) continue;
    const splits = splitClass(members, ({ unified }) => unified, { train: 0.55, holdout: 0.15 });
    for (const [{ unified, image, name }, split] of splits) {
      const text = [name.toLowerCase(), ...(keywords.get(unified) ?? [])].join(', ');
      if (split === 'test') images.push({ id: `3d/${unified}`, file: testFile(unified), label, text, split });
      else
        for (const { style, file } of files(image))
          images.push({ id: `${style}/${unified}`, file, label, text, split });
    }
  }
  return {
    name: 'emoji',
    about:
      'emoji as drawn by Google and Twitter to train on (emoji-datasource), as rendered in 3D (@lobehub/fluent-emoji-3d) to test, with names and keywords (emojibase-data); classes are subcategories with at least 10 emoji; no emoji is in two splits',
    images,
  };
}

function keywordsOf(root: string): Map<string, readonly string[]> {
  const entries = JSON.parse(readFileSync(join(root, 'en/data.json'), 'utf8')) as {
    readonly hexcode: string;
    readonly tags?: readonly string[];
  }[];
  return new Map(entries.map(({ hexcode, tags = [] }) => [hexcode, tags]));
}
