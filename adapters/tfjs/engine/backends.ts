/** TensorFlow.js' backends for Node: which are installed, which of these work, and why the others do not. */
import { dirname } from 'node:path';
import type { Rank } from '@tensorflow/tfjs-core';
import { MarnetError } from '../../../core/errors.ts';
import { INSTALL, installedFile, loadPackage, type Tfjs } from './packages.ts';

export const BACKENDS = ['tfjs-node-gpu', 'tfjs-node', 'wasm', 'cpu'] as const;

/** As they are tried, the fastest first. */
export type BackendName = (typeof BACKENDS)[number];

export type BackendState =
  | { readonly state: 'works' }
  | { readonly state: 'not-installed' }
  /** Installed, but it does not load or does not compute; `why` is in words, with what to do. */
  | { readonly state: 'broken'; readonly why: string };

interface Backend {
  readonly package: string;
  /** The name that it registers itself under. */
  readonly registered: string;
  prepare?(loaded: unknown, file: string): void;
}

const KNOWN: Readonly<Record<BackendName, Backend>> = {
  'tfjs-node-gpu': { package: '@tensorflow/tfjs-node-gpu', registered: 'tensorflow' },
  'tfjs-node': { package: '@tensorflow/tfjs-node', registered: 'tensorflow' },
  wasm: {
    package: '@tensorflow/tfjs-backend-wasm',
    registered: 'wasm',
    prepare: (loaded, file) =>
      (loaded as { setWasmPaths(folder: string): void }).setWasmPaths(`${dirname(file)}/`),
  },
  cpu: { package: '@tensorflow/tfjs-backend-cpu', registered: 'cpu' },
};

/** The backend's package, for messages. */
export const packageOf = (name: BackendName): string => KNOWN[name].package;

const states = new Map<BackendName, Promise<BackendState>>();

/** Loads a backend and computes a little with it; what is installed is tried once a process. */
export function backendState(tfjs: Tfjs, name: BackendName): Promise<BackendState> {
  const known = states.get(name);
  if (known) return known;
  const file = installedFile(packageOf(name));
  if (file === undefined) return Promise.resolve({ state: 'not-installed' });
  const state = tryBackend(tfjs, name, file);
  states.set(name, state);
  return state;
}

/** Makes a backend that works the one that computes. */
export async function useBackend({ core }: Tfjs, name: BackendName): Promise<void> {
  if (core.getBackend() !== KNOWN[name].registered) await core.setBackend(KNOWN[name].registered);
}

async function tryBackend(tfjs: Tfjs, name: BackendName, file: string): Promise<BackendState> {
  const { package: specifier, registered, prepare } = KNOWN[name];
  try {
    const loaded = loadPackage(specifier);
    prepare?.(loaded, file);
    const { core } = tfjs;
    if (!(await core.setBackend(registered))) throw new Error(`no backend "${registered}" was registered`);
    const [image, kernel] = [core.ones<Rank.R4>([1, 4, 4, 1]), core.ones<Rank.R4>([2, 2, 1, 1])];
    const sum = core.tidy(() => core.sum(core.conv2d(image, kernel, 1, 'valid')));
    const [value] = await sum.data();
    core.dispose([sum, image, kernel]);
    if (value !== 36) throw new Error(`a convolution gave ${value} for 36`);
    return { state: 'works' };
  } catch (cause) {
    // Another package may register one of the same name.
    if (tfjs.core.findBackendFactory(registered)) tfjs.core.removeBackend(registered);
    return { state: 'broken', why: brokenReason(name, cause) };
  }
}

/** tfjs-node 4.22 calls functions of node:util that Node 23 no longer has. */
const LAST_NODE = 22;

/** @param node major version. */
export function brokenReason(
  name: BackendName,
  cause: unknown,
  node = Number(process.versions.node.split('.')[0]),
): string {
  const { message } = cause as { message?: unknown };
  const said = String(message ?? cause)
    .split('\n')[0]!
    .trim();
  if (!name.startsWith('tfjs-node')) return `it fails ("${said}"): install it anew`;
  if (node > LAST_NODE)
    return `it fails on Node ${node} ("${said}"): ${packageOf(name)} 4.22 works up to Node ${LAST_NODE}; use that, or uninstall it`;
  if (/native addon|tfjs_binding|cannot open shared object|libtensorflow/.test(said))
    return `its native library is missing ("${said}"): run \`npm rebuild ${packageOf(name)} --build-addon-from-source\`, which downloads libtensorflow, or uninstall it`;
  return `it fails ("${said}"): install it anew, or uninstall it`;
}

export interface Choice {
  readonly backend: BackendName;
  /** Why not a faster one, in words; empty for the first. */
  readonly passedOver: readonly string[];
}

/**
 * The first of `wanted` that works.
 * @throws MarnetError 'runtime' where none does, saying of each why.
 */
export async function chooseBackend(tfjs: Tfjs, wanted: readonly BackendName[]): Promise<Choice> {
  const passedOver: string[] = [];
  for (const backend of wanted) {
    const found = await backendState(tfjs, backend);
    if (found.state === 'works') {
      await useBackend(tfjs, backend);
      return { backend, passedOver };
    }
    passedOver.push(
      found.state === 'broken'
        ? `${packageOf(backend)}: ${found.why}`
        : `${packageOf(backend)} is not installed`,
    );
  }
  throw new MarnetError('runtime', `the engine "tfjs" has no backend that works: ${passedOver.join('; ')}`, {
    hint: INSTALL,
  });
}
