// A short cut that changes no answer. Where only one framework wants offers, a run over all agents would offer it every one of
// them, for it to give nearly all back: with idle agents this is what simulating costs. So it is offered some first, as many as
// a run over all would have come to before it had enough; all of them only if these will not do.
import type { FrameworkRun } from './framework.ts';

/** Places of agents in the list, of those that the framework may have; undefined: so many that a run over all is as good. */
export function likelyAgents(
  framework: FrameworkRun,
  agentCount: number,
  random: () => number,
): ReadonlySet<number> | undefined {
  const { allowed } = framework;
  const there = allowed?.length ?? agentCount;
  const most = Math.floor(there / 4);
  if (framework.waitingTasks * 2 + SPARE > most) return undefined;
  const likely = new Set<number>();
  for (const home of framework.homes()) likely.add(home);
  if (likely.size === 0) {
    for (let left = framework.waitingTasks * 2 + SPARE; left > 0; left--) {
      const at = Math.floor(random() * there);
      likely.add(allowed === undefined ? at : (allowed[at] ?? 0));
    }
  }
  return likely.size > most ? undefined : likely;
}

/** For agents that are full, or drawn twice. */
const SPARE = 8;
