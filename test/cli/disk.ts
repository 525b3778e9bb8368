/** Disks that are nearly full or cannot be written to, for one command each: no privileges and no device needed. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Ended, runCommand } from './process.ts';

/**
 * In a mount namespace of its own a process may mount memory as a disk, of any size; it is gone with the process, so what
 * is on it in the end is copied out. Arguments: where, its options, what is on it at first, where the copy goes, the command.
 */
const MOUNTED = `
  mount -t tmpfs -o "$2" tmpfs "$1" || exit 99
  cp -a "$3/." "$1" || exit 99
  test "$5" = ro && { mount -o remount,ro "$1" || exit 99; }
  at=$1 copy=$4
  shift 5
  "$@"
  code=$?
  cp -a "$at/." "$copy"
  exit $code`;
const namespace = (argv: readonly string[]): string[] => [
  'unshare',
  '-rm',
  'sh',
  '-c',
  MOUNTED,
  'sh',
  ...argv,
];

/** Undefined where disks can be mounted; else why not. */
export function whyNoDisks(): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'disk-'));
  try {
    const [at, content, copy] = ['at', 'content', 'copy'].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    for (const each of [at, content, copy]) mkdirSync(each);
    const [program, ...words] = namespace([at, 'size=64k', content, copy, 'rw', 'true']);
    const { status, error, stderr } = spawnSync(program!, words, { encoding: 'utf8' });
    return status === 0 ? undefined : (error?.message ?? stderr.trim());
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export interface Disk {
  /** The disk's folder, which must exist; the command finds it under this path. */
  readonly at: string;
  /** 'size=1m' */
  readonly size: string;
  /** A folder with what is on it at first. */
  readonly content: string;
  readonly readOnly?: boolean;
}

/** Runs the command line with such a disk. @returns also the folder with a copy of what was on it in the end. */
export async function withDisk(
  { at, size, content, readOnly = false }: Disk,
  argv: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ended & { readonly left: string }> {
  const left = mkdtempSync(`${at}-left-`);
  await mkdir(at, { recursive: true });
  const before = namespace([at, size, content, left, readOnly ? 'ro' : 'rw']);
  return { ...(await runCommand(argv, { before, env })), left };
}

/** Runs the command line where no file may grow beyond so many blocks (of 512 or 1024 bytes, as the shell counts). */
export function withFileLimit(blocks: number, argv: readonly string[]): Promise<Ended> {
  return runCommand(argv, { before: ['sh', '-c', `ulimit -f ${blocks} && exec "$@"`, 'sh'] });
}
