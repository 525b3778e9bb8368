import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where features are kept unless told otherwise: $XDG_CACHE_HOME/marnet-wrap, else ~/.cache/marnet-wrap. */
export function cacheFolder(environment: NodeJS.ProcessEnv = process.env): string {
  return join(environment.XDG_CACHE_HOME || join(homedir(), '.cache'), 'marnet-wrap');
}
