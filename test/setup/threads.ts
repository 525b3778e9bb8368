/**
 * Test files run side by side, as many as there are cores on a small machine: sessions with a thread for each core would
 * only wait for each other.
 */
import { limitThreads } from '../../core/runtime/session.ts';

limitThreads(1);
