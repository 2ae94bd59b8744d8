// The client of the Chronos that a command means: of several the one that leads is asked first.
import { ChronosClient } from '../../client/chronos.ts';
import type { Net } from '../../world/net.ts';
import { leadingFirst } from '../marathon/leading-first.ts';
import { type ChronosQuestion, findChronos, NoChronos } from './find-chronos.ts';

const TIMEOUT_MS = 15_000;

/** Throws NoChronos, other Problems, ApiError. */
export async function connectChronos(net: Net, question: ChronosQuestion): Promise<ChronosClient> {
  const addresses = await leadingFirst(net, await findChronos(question), '/v1/scheduler/leader');
  return new ChronosClient({ net, addresses, timeoutMs: TIMEOUT_MS });
}

/** Undefined when the cluster has none, as far as its master knows. Throws Problem, ApiError. */
export async function connectChronosIfAny(net: Net, question: ChronosQuestion): Promise<ChronosClient | undefined> {
  try {
    return await connectChronos(net, question);
  } catch (error) {
    if (error instanceof NoChronos) return undefined;
    throw error;
  }
}
