import { Project, QuoteKind } from 'ts-morph';

/** A ts-morph project as this project writes TypeScript; files added by path are only read. */
export function sourceProject(): Project {
  return new Project({
    skipAddingFilesFromTsConfig: true,
    skipFileDependencyResolution: true,
    skipLoadingLibFiles: true,
    manipulationSettings: { quoteKind: QuoteKind.Single, indentationText: '  ' as never },
  });
}
