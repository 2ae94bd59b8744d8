// Which members a local cluster that runs has, as its supervisor wrote them down: only these are touched, and only while
// the pid still means the process that was started.
import { existsSync } from 'node:fs';
import { EXIT } from '../../exit-codes.ts';
import { nearest } from '../../ids.ts';
import { Problem } from '../../problem.ts';
import { type ClusterPaths, noCluster } from '../layout.ts';
import type { ProcessId } from '../process-identity.ts';
import { isSupervised, type MemberKind, type RunningDaemon, readRunning, survivors } from '../running.ts';

/** Everything but the switchboard. Throws Problem: `notFound` without such a cluster, `conflict` when it does not run. */
export function runningMembers(paths: ClusterPaths): readonly RunningDaemon[] {
  if (!existsSync(paths.plan)) throw noCluster(paths);
  const running = readRunning(paths);
  if (running === undefined || (!isSupervised(running) && survivors(running).length === 0)) {
    throw new Problem(EXIT.conflict, {
      what: `Cluster '${paths.name}' does not run.`,
      next: [
        `mctl cluster up --name ${paths.name}`,
        '--name <cluster>      (mctl cluster status --all tells which run)',
      ],
    });
  }
  return ORDER.flatMap((wanted) => running.daemons.filter(({ kind }) => kind === wanted));
}

/** As in `mctl cluster status`. */
const ORDER: readonly MemberKind[] = ['master', 'agent', 'marathon', 'chronos', 'zookeeper'];

/** Throws Problem `notFound`, which names all that there are. */
export function findMember(members: readonly RunningDaemon[], name: string): RunningDaemon {
  const found = members.find((member) => member.name === name);
  if (found !== undefined) return found;
  const names = members.map((member) => member.name);
  const near = nearest(name, names);
  throw new Problem(EXIT.notFound, {
    what: `There is no member '${name}'.`,
    why: `${near === undefined ? '' : `Did you mean '${near}'? `}There are: ${names.join(', ')}`,
  });
}

/** Throws Problem `conflict` when it is between an end and its next start. */
export function processOf({ name, process }: RunningDaemon): ProcessId {
  if (process !== undefined) return process;
  throw new Problem(EXIT.conflict, {
    what: `${name} does not run at the moment.`,
    why: 'It has ended, and its supervisor starts it again.',
    next: 'mctl cluster status --watch',
  });
}
