import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { describe, expect, it } from 'vitest';

/** Rooms from left to right: a room may import rooms to its left, those beside it where listed, and itself. */
const LEVELS: readonly (readonly string[])[] = [
  ['core/errors', 'core/web-assembly'],
  ['core/schema'],
  ['core/graph'],
  ['core/onnx', 'core/locate', 'core/grad'],
  ['core/lower', 'core/marnet'],
  ['core/data'],
  ['core/model'],
  ['core/runtime'],
  ['core/train', 'core/export', 'core/report'],
  ['adapters'],
  ['core/wrap'],
  // Writes programs: adapters for models, and what core/graph/operators knows of ops.
  ['codegen'],
  ['core/index'],
  ['core/cli'],
];

const root = join(import.meta.dirname, '../..');
const files = ['core', 'adapters', 'codegen'].flatMap((top) =>
  readdirSync(join(root, top), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => `${top}/${file.replaceAll('\\', '/')}`),
);

function roomOf(file: string): string {
  const [top, second] = file.split('/') as [string, string];
  return top !== 'core' ? top : `core/${second.replace(/\.ts$/, '')}`;
}

function levelOf(room: string): number {
  return LEVELS.findIndex((level) => level.includes(room));
}

function relativeImports(file: string): string[] {
  const source = readFileSync(join(root, file), 'utf8');
  return [...source.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']*)'/g)].map((match) =>
    posix.normalize(posix.join(dirname(file), match[1]!)),
  );
}

describe('imports run one way', () => {
  it('finds the sources', () => {
    expect(files.length).toBeGreaterThan(50);
    expect(files.filter((file) => levelOf(roomOf(file)) < 0)).toEqual([]);
  });

  it('lets no room import one to its right, nor one beside it', () => {
    const wrong: string[] = [];
    for (const file of files) {
      for (const imported of relativeImports(file)) {
        const [from, to] = [roomOf(file), roomOf(imported)];
        if (from !== to && levelOf(to) >= levelOf(from)) wrong.push(`${file} imports ${imported}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('names existing files', () => {
    const known = new Set(files);
    const missing = files.flatMap((file) =>
      relativeImports(file)
        .filter((imported) => !known.has(imported))
        .map((i) => `${file}: ${i}`),
    );
    expect(missing).toEqual([]);
  });
});
