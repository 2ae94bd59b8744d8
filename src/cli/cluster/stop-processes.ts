// Ending processes that are not our children: SIGTERM, patience, SIGKILL.
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive, type ProcessId, sendSignal } from './process-identity.ts';

/** Resolves when all are gone (or, for processes the kernel does not let go, 2 s after SIGKILL). Returns those killed hard. */
export async function stopProcesses(ids: readonly ProcessId[], graceMs: number): Promise<ProcessId[]> {
  for (const id of ids) askToStop(id);
  if (await allGone(ids, graceMs)) return [];
  const stubborn = ids.filter(isAlive);
  for (const id of stubborn) sendSignal(id, 'SIGKILL');
  await allGone(stubborn, 2000);
  return stubborn;
}

/** SIGTERM, also to one that was paused: it hears of it only when it goes on. False when it is not there any more. */
export function askToStop(id: ProcessId): boolean {
  return sendSignal(id, 'SIGTERM') && sendSignal(id, 'SIGCONT');
}

/** Did all end within the time? */
export async function allGone(ids: readonly ProcessId[], withinMs: number): Promise<boolean> {
  const deadline = performance.now() + withinMs;
  while (ids.some(isAlive)) {
    if (performance.now() >= deadline) return false;
    await sleep(20);
  }
  return true;
}
