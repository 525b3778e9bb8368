export { type ExportRequest, type ExportResult, exportMerged } from './merge.ts';
export {
  type JsonValue,
  METADATA_KEYS,
  type MergedMetadata,
  metadataEntries,
  readMergedMetadata,
} from './metadata.ts';
export { asOutputError, checkOutputFolder, checkOutputPath } from './output-path.ts';
export { type Unwrapped, type UnwrappedFile, unwrap, unwrapTo } from './unwrap.ts';
export { bestOf, compareForms, type HoldoutBatch, type Verification } from './verify.ts';
