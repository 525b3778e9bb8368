import { isBackbone, isImporter, SUPPLIES, USUAL_SPECIFICITY } from '../../adapters/adapter.ts';
// Loading models is what the built-in adapters are registered for.
import '../../adapters/load.ts';
import { registrations } from '../../adapters/registry.ts';

/** One registered adapter, as `listAdapters` gives it. */
export interface AdapterListing {
  readonly name: string;
  /** 'built in', a file, a package, or 'registered by the program'. */
  readonly origin: string;
  readonly kind: 'importer' | 'backbone' | 'extension';
  /** Of backbone adapters. */
  readonly specificity: number | undefined;
  /** The fields beside name and recognition that it has. */
  readonly supplies: readonly string[];
  readonly about: string | undefined;
}

/** Every adapter that is registered, in the order of registration. */
export function listAdapters(): AdapterListing[] {
  return registrations().map(({ adapter, origin }) => {
    const members = adapter as unknown as Readonly<Record<string, unknown>>;
    const importer = isImporter(adapter);
    return {
      name: adapter.name,
      origin,
      kind: importer ? 'importer' : isBackbone(adapter) ? 'backbone' : 'extension',
      specificity: isBackbone(adapter) ? (adapter.specificity ?? USUAL_SPECIFICITY) : undefined,
      supplies: importer
        ? ['reading', ...(adapter.writer ? ['writing'] : [])]
        : SUPPLIES.filter((name) => members[name] !== undefined),
      about: adapter.about,
    };
  });
}
