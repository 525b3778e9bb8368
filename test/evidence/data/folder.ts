/** A dataset as a folder with metadata.csv, made whole or not at all. */
import { copyFile, link, mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Split } from './split.ts';

export interface Row {
  /** Below the folder. */
  readonly file: string;
  /** Where the image is now. */
  readonly from: string;
  readonly label: string;
  readonly text: string | undefined;
  readonly split: Split;
}

/** @returns the folder. */
export async function writeFolder(folder: string, make: () => Promise<readonly Row[]>): Promise<string> {
  if (await stat(folder).catch(() => undefined)) return folder;
  const work = `${folder}.${process.pid}.tmp`;
  try {
    const rows = await make();
    for (const { file, from } of rows) {
      const to = join(work, file);
      await mkdir(dirname(to), { recursive: true });
      await link(from, to).catch(() => copyFile(from, to));
    }
    const lines = rows.map(({ file, label, text, split }) =>
      [file, label, text ?? '', split].map(quoted).join(','),
    );
    await writeFile(join(work, 'metadata.csv'), `file_name,label,text,split\n${lines.join('\n')}\n`);
    await rename(work, folder);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return folder;
}

function quoted(cell: string): string {
  return `"${cell.replaceAll('"', '""')}"`;
}
