/**
 * Emoji in three drawing styles, with names and keywords: Google's and Twitter's (64 x 64) are trained and validated on,
 * Microsoft's Fluent 3D tests, on emoji that no training saw: another style and other things at once. Classes are Unicode's
 * subcategories with at least 8 emoji that all three styles have.
 */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { groupPositions } from '../../../core/data/group.ts';
import { type Row, writeFolder } from './folder.ts';
import { npmPackage } from './packages.ts';
import { splitByName } from './split.ts';
import { unitsOf } from './units.ts';

const LEAST = 8;
const SHARES = { validation: 0.15, test: 0.3 };
const STYLES = ['google', 'twitter', 'fluent'] as const;

interface Emoji {
  readonly unified: string;
  readonly image: string;
  readonly subcategory: string;
  readonly has_img_google: boolean;
  readonly has_img_twitter: boolean;
}

interface Words {
  readonly hexcode: string;
  readonly label: string;
  readonly tags?: readonly string[];
}

export async function emoji(cache: string, seed: number): Promise<string> {
  return writeFolder(join(cache, `emoji-${seed}`), async (): Promise<Row[]> => {
    const google = await npmPackage(cache, 'emoji-datasource-google', '16.0.0');
    const twitter = await npmPackage(cache, 'emoji-datasource-twitter', '16.0.0');
    const fluent = await npmPackage(cache, '@lobehub/fluent-emoji-3d', '1.1.0');
    const words = await npmPackage(cache, 'emojibase-data', '17.0.0');
    const all = await readJson<Emoji[]>(join(google, 'emoji_pretty.json'));
    const texts = textsOf(await readJson<Words[]>(join(words, 'en/data.json')));
    const fileOf = (style: (typeof STYLES)[number], image: string): string =>
      style === 'fluent'
        ? join(fluent, 'assets', image.replace(/\.png$/, '.webp'))
        : join(style === 'google' ? google : twitter, 'img', style, '64', image);
    const there: Emoji[] = [];
    for (const each of all) {
      const found = await Promise.all(
        STYLES.map((style) => stat(fileOf(style, each.image)).catch(() => undefined)),
      );
      if (found.every(Boolean)) there.push(each);
    }
    const used = [...groupPositions(there.map(({ subcategory }) => subcategory)).values()]
      .filter((members) => members.length >= LEAST)
      .flatMap((members) => members.map((i) => there[i]!));
    // Families and flags are drawn alike: what looks the same is trained on or tested with, never both.
    const units = await unitsOf(
      used.flatMap(({ unified, image }) =>
        (['google', 'twitter'] as const).map((style) => ({ name: unified, file: fileOf(style, image) })),
      ),
    );
    const splits = splitByName(
      used.map(({ unified, subcategory }) => ({ unit: units.get(unified)!, label: subcategory })),
      seed,
      SHARES,
    );
    return used.flatMap((each, i): Row[] =>
      STYLES.filter((style) => (splits[i] === 'test') === (style === 'fluent')).map((style) => ({
        file: `${style}/${each.image.replace(/\.png$/, style === 'fluent' ? '.webp' : '.png')}`,
        from: fileOf(style, each.image),
        label: each.subcategory,
        text: texts.get(plain(each.unified)),
        split: splits[i]!,
      })),
    );
  });
}

async function readJson<T>(file: string): Promise<T> {
  return JSON.parse(await readFile(file, 'utf8')) as T;
}

/** Code points without the selector of the coloured form, which one list writes and another does not. */
function plain(codes: string): string {
  return codes.toUpperCase().replaceAll('-FE0F', '');
}

/** Name and keywords, as tags. */
function textsOf(words: readonly Words[]): Map<string, string> {
  return new Map(words.map(({ hexcode, label, tags = [] }) => [plain(hexcode), [label, ...tags].join(', ')]));
}
