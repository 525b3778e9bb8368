import { type ColumnNames, ROLES, type Role } from '../../data/layouts/layout.ts';
import { MarnetError } from '../../errors.ts';
import { nearest, oneOf } from '../../schema/index.ts';

/** The option's help text, the same in every command. */
export const COLUMNS_ABOUT =
  "a table's columns, as path=photo,label=dish,text=words,split=part; else inferred";

/**
 * Reads `path=photo,label=dish`.
 * @throws MarnetError 'usage' that quotes the item.
 */
export function parseColumns(text: string): ColumnNames {
  const names: { -readonly [R in Role]?: string } = {};
  for (const item of text.split(',')) {
    const equals = item.indexOf('=');
    const [key, column] = [item.slice(0, equals).trim(), item.slice(equals + 1).trim()];
    if (equals < 1 || column === '')
      throw new MarnetError('usage', `--columns takes pairs such as path=photo, not "${item}"`, {
        hint: 'Separate them with commas: --columns path=photo,label=dish',
      });
    const role = ROLES.find((each) => each === key);
    if (!role) {
      const near = nearest(key, ROLES);
      throw new MarnetError(
        'usage',
        `--columns takes ${oneOf(ROLES)}, not "${key}"${near ? `; did you mean ${near}?` : ''}`,
      );
    }
    names[role] = column;
  }
  return names;
}
