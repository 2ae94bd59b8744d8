// Whether a reload took (haproxy.md 10.9): a new worker answers, and the master counts no failure more than before. Signals
// and commands may get lost, so one that had no effect at all is repeated once.
import type { World } from '../../../world/world.ts';
import { RuntimeError } from '../../runtime/runtime-error.ts';
import { ApplyError } from '../apply-error.ts';
import type { Running, Sockets } from './running.ts';

const POLL_MS = 50;

/** `unseen`: no socket tells; the way of reloading had to be believed. */
export type Verified = 'new-worker' | 'unseen';

/**
 * Resolves once the new worker is there. Throws ApplyError `reload-failed` when the master says it failed, or nothing happens
 * in time.
 */
export async function verifyReload(
  world: Pick<World, 'clock'>,
  sockets: Sockets,
  before: Running,
  limits: { readonly withinMs: number; readonly again: () => Promise<void> },
): Promise<Verified> {
  if (sockets.admin === undefined && sockets.master === undefined) return 'unseen';
  const { clock } = world;
  const startMs = clock.monotonicMs();
  let isRepeated = false;
  let saw = 'nothing answered on its sockets';
  for (;;) {
    const look = await lookForWorker(sockets, before);
    if (look.kind === 'there') return 'new-worker';
    if (look.kind === 'failed')
      throw new ApplyError('reload-failed', 'HAProxy could not load the new files; its log says why');
    if (look.saw !== undefined) saw = look.saw;
    const passedMs = clock.monotonicMs() - startMs;
    if (passedMs > limits.withinMs) {
      throw new ApplyError('reload-failed', `no new worker within ${(limits.withinMs / 1000).toFixed(1)} s: ${saw}`);
    }
    if (!isRepeated && look.isUnmoved && passedMs > limits.withinMs / 4) {
      isRepeated = true;
      await limits.again();
    }
    await clock.sleep(POLL_MS);
  }
}

type Look =
  | { readonly kind: 'there' }
  | { readonly kind: 'failed' }
  /** `isUnmoved`: the master has not even begun. */
  | { readonly kind: 'waiting'; readonly saw?: string; readonly isUnmoved: boolean };

async function lookForWorker({ admin, master }: Sockets, before: Running): Promise<Look> {
  try {
    const processes = await master?.processes();
    const was = before.processes;
    const isSameMaster = processes !== undefined && processes.master === was?.master;
    if (isSameMaster && was !== undefined && processes.failedReloads > was.failedReloads) return { kind: 'failed' };
    const isUnmoved = isSameMaster && processes.reloads === was?.reloads;
    if (isUnmoved) return { kind: 'waiting', saw: 'the master has not reloaded', isUnmoved };
    if (admin === undefined) {
      const isThere = processes?.workers.some((pid) => was?.workers.includes(pid) !== true) === true;
      return isThere ? { kind: 'there' } : { kind: 'waiting', saw: 'the master has no new worker', isUnmoved: false };
    }
    const { pid, isStopping } = await admin.info();
    if (pid === before.pid || isStopping)
      return { kind: 'waiting', saw: `worker ${pid} still answers`, isUnmoved: false };
    return { kind: 'there' };
  } catch (error) {
    if (!(error instanceof RuntimeError)) throw error;
    // For a moment neither the old nor the new one may listen.
    return { kind: 'waiting', saw: error.message, isUnmoved: false };
  }
}
