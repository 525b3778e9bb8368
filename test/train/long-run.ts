/**
 * A process with one long run on a thread: says when it is under way and when it is over. SIGINT is told of and lets it
 * end; SIGTERM ends the process by `process.exit`, as a closed pipe or a failure elsewhere would.
 */
import { RemoteMemory } from '../../core/train/memory/remote.ts';
import { KeptState } from '../../core/train/state.ts';
import { slowFeeds, slowGraph } from './slow-graph.ts';

const adam = { beta1: 0.9, beta2: 0.99, epsilon: 1e-8, weightDecay: 0, clipNorm: 0 };
const state = new KeptState([{ name: 'w', dims: [4], rateFactor: 1, decay: false }]);
const memory = RemoteMemory.open('cpu', state, { adam, batches: 1, hosted: new Set() });
const runner = await memory.open({ graph: slowGraph(150), what: 'a graph', outputs: ['sum'] });
process.on('SIGINT', () => console.log('heard'));
process.on('SIGTERM', () => process.exit(7));
const running = runner.run(slowFeeds());
console.log('running');
await running;
console.log('over');
await runner.close();
await memory.close();
