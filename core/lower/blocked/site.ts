import type { GraphBuilder, Node, Uses } from '../../graph/index.ts';
import type { Layouts } from './layouts.ts';

/** One node about to be rebuilt in the blocked layout. */
export interface BlockedSite {
  readonly node: Node;
  readonly builder: GraphBuilder;
  readonly layouts: Layouts;
  /** Of the graph that is rebuilt. */
  readonly uses: Uses;
  /** Whether nothing but one node reads the value, so that it may vanish into that node. */
  isPrivate(name: string): boolean;
}

/** Emits the node in the blocked layout and sets its outputs; false where it does not apply, nothing emitted. */
export type BlockedRule = (site: BlockedSite) => boolean;

export type BlockedRules = Readonly<Record<string, BlockedRule>>;
