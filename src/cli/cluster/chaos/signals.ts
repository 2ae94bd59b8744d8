// Killing, pausing and resuming one member.
import type { View } from '../../output/view.ts';
import type { ClusterPaths } from '../layout.ts';
import { isAlive, type ProcessId, sendSignal, stateOf } from '../process-identity.ts';
import type { RunningDaemon } from '../running.ts';
import { allGone } from '../stop-processes.ts';
import { findMember, processOf, runningMembers } from './members.ts';

const SIGNALS = { kill: 'SIGKILL', pause: 'SIGSTOP', resume: 'SIGCONT' } as const;
const KILL_PATIENCE_MS = 2000;

/** What `mctl cluster chaos kill|pause|resume` does. */
export type SignalAct = keyof typeof SIGNALS;

/** The JSON of these commands. */
export interface SignalResult {
  readonly cluster: string;
  readonly member: string;
  readonly act: SignalAct;
  readonly pid: number;
  /** False when it was as wanted already. */
  readonly changed: boolean;
}

/**
 * Of the daemon alone, none of its tasks. Killed, it is started again by its supervisor. Throws Problem: `notFound` for who
 * is no member, `conflict` when it does not run.
 */
export async function signalMember(paths: ClusterPaths, name: string, act: SignalAct): Promise<SignalResult> {
  const member = findMember(runningMembers(paths), name);
  const process = processOf(member);
  const changed = isToChange(process, act) && sendSignal(process, SIGNALS[act]);
  if (act === 'kill') await allGone([process], KILL_PATIENCE_MS);
  // Gone between the record and the signal.
  if (!changed && !isAlive(process)) processOf({ ...member, process: undefined } satisfies RunningDaemon);
  return { cluster: paths.name, member: name, act, pid: process.pid, changed };
}

function isToChange(process: ProcessId, act: SignalAct): boolean {
  const state = stateOf(process);
  return act === 'pause' ? state === 'running' : act === 'resume' ? state === 'paused' : true;
}

/** For people and scripts alike. */
export function signalView(result: SignalResult): View {
  return {
    data: result,
    names: [result.member],
    body: {
      kind: 'details',
      items: [
        ['Member', `${result.member} (pid ${result.pid})`],
        ['Result', words(result)],
        ['Next', result.act === 'pause' ? `mctl cluster chaos resume ${result.member}` : 'mctl cluster status'],
      ],
    },
  };
}

function words({ act, changed }: SignalResult): string {
  switch (act) {
    case 'kill':
      return 'killed; its supervisor starts it again';
    case 'pause':
      return changed ? 'paused: it keeps its connections and says nothing' : 'was paused already';
    case 'resume':
      return changed ? 'goes on' : 'was not paused';
  }
}
