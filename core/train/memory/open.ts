import type { GraphEngine } from '../../runtime/graph-engine.ts';
import type { AdamSettings } from '../optimizer.ts';
import type { TrainingState } from '../state.ts';
import { HostMemory } from './host.ts';
import type { GradientMemory } from './memory.ts';
import { ResidentMemory } from './resident.ts';

/** What a memory does with gradients. Plain data, so that it can go to another thread. */
export interface MemorySettings {
  readonly adam: AdamSettings;
  /** Batches that make a step. */
  readonly batches: number;
  /** Names of parameters whose values the engines change, as they do running averages. */
  readonly hosted: ReadonlySet<string>;
}

/** Where the engine's device can keep values, the state is there. */
export async function openMemory(
  engine: GraphEngine,
  state: TrainingState,
  { adam, batches, hosted }: MemorySettings,
): Promise<GradientMemory> {
  return engine.resident
    ? ResidentMemory.open(engine.resident, state, adam, batches, hosted)
    : new HostMemory(engine, state, adam, batches);
}
