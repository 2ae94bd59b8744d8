// The agents of a run: who they are, and whose they are when agents are divided among frameworks.
import { attributesOf, matches } from '../fitting.ts';
import type { AgentGroup, Amounts, FrameworkSpec } from '../workload.ts';

export interface SimulatedAgent {
  readonly id: string;
  readonly index: number;
  readonly group: AgentGroup;
  readonly attributes: Readonly<Record<string, string>>;
}

export function agentsOf(groups: readonly AgentGroup[]): SimulatedAgent[] {
  const agents: SimulatedAgent[] = [];
  for (const group of groups) {
    for (let at = 0; at < group.count; at++) {
      const index = agents.length;
      agents.push({ id: `${group.name}-${at + 1}`, index, group, attributes: attributesOf(group, at) });
    }
  }
  return agents;
}

/**
 * Whose each agent is, by the framework's place in the list: each group is divided by `partition`, by largest remainders, so that
 * everybody has a like part of every kind. -1: for everybody, where a framework shares that is not apart.
 */
export function ownersOf(
  agents: readonly SimulatedAgent[],
  frameworks: readonly FrameworkSpec[],
  isDivided: boolean,
): Int32Array {
  const owners = new Int32Array(agents.length).fill(-1);
  if (!isDivided && !frameworks.some(({ isApart }) => isApart)) return owners;
  const weights = frameworks.reduce((sum, { partition }) => sum + partition, 0);
  const carried = new Float64Array(frameworks.length);
  for (const members of byGroup(agents)) {
    const wanted = frameworks.map(({ partition }, index) => {
      // What rounding took in one group is made up for in the next.
      return (partition / weights) * members.length + (carried[index] ?? 0);
    });
    const given = wanted.map((share) => Math.max(0, Math.floor(share + 1e-9)));
    let left = members.length - given.reduce((sum, count) => sum + count, 0);
    const neediest = wanted
      .map((share, index) => ({ index, rest: share - (given[index] ?? 0) }))
      .sort((a, b) => b.rest - a.rest || a.index - b.index);
    for (const { index } of neediest) {
      if (left <= 0) break;
      given[index] = (given[index] ?? 0) + 1;
      left -= 1;
    }
    let next = 0;
    for (const [index, count] of given.entries()) {
      carried[index] = (wanted[index] ?? 0) - count;
      for (let i = 0; i < count && next < members.length; i++, next++) {
        const agent = members[next];
        if (agent !== undefined && (isDivided || frameworks[index]?.isApart)) owners[agent.index] = index;
      }
    }
  }
  return owners;
}

function byGroup(agents: readonly SimulatedAgent[]): Iterable<SimulatedAgent[]> {
  const groups = new Map<AgentGroup, SimulatedAgent[]>();
  for (const agent of agents) {
    const members = groups.get(agent.group);
    if (members === undefined) groups.set(agent.group, [agent]);
    else members.push(agent);
  }
  return groups.values();
}

/** Indexes of the agents that have these attributes. */
export function withAttributes(
  agents: readonly SimulatedAgent[],
  wanted: Readonly<Record<string, string>>,
): ReadonlySet<number> {
  return new Set(agents.filter(({ attributes }) => matches(attributes, wanted)).map(({ index }) => index));
}

/** Name → sum over all agents, names sorted: cpus, mem, disk first. */
export function totalsOf(groups: readonly AgentGroup[]): Amounts {
  const totals: Record<string, number> = {};
  for (const { resources, count } of groups) {
    for (const [name, amount] of Object.entries(resources)) totals[name] = (totals[name] ?? 0) + amount * count;
  }
  const place = (name: string): number => ['cpus', 'mem', 'disk'].indexOf(name) + 1 || 9;
  return Object.fromEntries(Object.entries(totals).sort(([a], [b]) => place(a) - place(b) || (a < b ? -1 : 1)));
}
